#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/data_folder.h"
#include "operations/doctor/database_facts.h"

/// Examines a machine and an installation before and while it serves (operations document 2.7):
/// each check says what it found, what that means, and what to do about it.
namespace outpost::doctor {

enum class Judgement : std::uint8_t { kOk, kWarning, kFailure };
std::string_view NameOf(Judgement judgement);  // "ok", "warning", "failure"

struct Finding {
  std::string check;
  Judgement judgement = Judgement::kOk;
  std::string evidence;
  std::string remedy;  // empty when all is well
};

struct ListenAddress {
  std::string address;  // "0.0.0.0:8000", "[::]:443"
  bool is_tls = false;
};

struct DoctorInput {
  DataPaths paths;
  std::string database_location;  // "postgresql://…"; empty: SQLite in the data folder
  std::vector<ListenAddress> listen;
  std::filesystem::path certificates;   // one folder per host name; empty: no TLS here
  std::string public_host;              // the name that clients use; empty: not known
  std::string backup_to;                // where the server ships its backup; empty: nowhere
  std::filesystem::path backup_key;     // its key; empty: backup.key in the data folder
  std::string backup_key_kept_at;       // where a copy is, as people say; empty: nobody said
  std::int64_t backup_drill_hours = 0;  // after which a drill is due; 0: never by itself
  /// Asks the running server about its database; empty result when it does not answer. Only called
  /// while a server owns the data folder.
  std::function<std::optional<DatabaseFacts>()> ask_server;
  /// Check a large database whole. Takes minutes, and on a busy server lets its log grow.
  bool is_deep = false;
  /// Where proc, sys and usr are found. Tests arrange their own.
  std::filesystem::path system_root = "/";
};

/// Takes a second or two; writes nothing but a scratch file in the data folder.
std::vector<Finding> Examine(const DoctorInput& input);

bool AnyFailure(const std::vector<Finding>& findings);

/// A table for people; with remedies under what is not well.
std::string TextOf(const std::vector<Finding>& findings, bool has_colours);
/// {"verdict": …, "findings": [{"check", "verdict", "evidence", "remedy"}]}
std::string JsonOf(const std::vector<Finding>& findings);

}  // namespace outpost::doctor
