#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "operations/upgrade/changes.h"

/// Programs of releases: what one says of itself, and where they lie.
///
///   /usr/local/bin/outpost            what runs
///   /usr/local/bin/outpost.previous   what ran before: the way back
namespace outpost::upgrade {

/// What `outpost upgrade notes` prints.
struct Release {
  std::string version;
  std::int64_t newest_step = 0;  // of its schema; 0: it cannot say
  std::vector<Change> changes;
};

std::string JsonOf(const Release& release);
/// @throws Problem kUnprocessable
Release ReleaseOf(std::string_view json);
/// Asks the program. @throws Problem kUnprocessable when it does not answer as one of ours
Release AskRelease(const std::filesystem::path& program);

/// Puts a copy of `fresh` in the place of `program`, which is kept as the previous one. At every
/// moment there is a whole program; repeating it after a crash is harmless.
/// @throws Problem kForbidden when the folder cannot be written, kStorageFull
void Install(const std::filesystem::path& fresh, const std::filesystem::path& program);
/// The previous one takes its place again, and what ran becomes the previous one.
/// @throws Problem kNotFound when there is none
void Return(const std::filesystem::path& program);
std::filesystem::path PreviousOf(const std::filesystem::path& program);

/// What an operator should know before a switch.
struct Question {
  std::string from_version, to_version;
  std::vector<Change> changes;                      // of the newer one of the two
  std::int64_t newest_step = 0;                     // of the program to switch to
  std::int64_t data_newest_step = 0;                // that the data has seen
  std::optional<std::int64_t> oldest_step_allowed;  // what the data asks of a program
  std::vector<std::int64_t> done;                   // entries whose steps were done
  bool is_shipped = false;                          // every commit goes to a backup
};

struct Verdict {
  std::vector<Change> changes;         // between the two
  std::vector<std::string> obstacles;  // any: the switch is refused
  std::vector<std::string> remarks;
};

Verdict Judge(const Question& question);

}  // namespace outpost::upgrade
