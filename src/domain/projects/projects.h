#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/instant.h"
#include "domain/projects/project_settings.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Project spaces ("domains" in URLs): who a request is for, and in which stage of a move it is
/// (operations document 5.3, 5.17).
namespace outpost::projects {

/// Of a project space in a move. The fourth, "relay", comes with the cutover commands.
/// live: normal. hold: forms are stored and applied later, restores wait. frozen: nothing is taken.
enum class Stage : std::uint8_t { kLive, kHold, kFrozen };
std::string_view NameOf(Stage stage);
std::optional<Stage> StageOf(std::string_view name);

struct Project {
  std::int64_t row = 0;
  std::string name;  // slug: [\w.:-]+, at most 126 characters
  std::string display_name;
  Stage stage = Stage::kLive;
  bool is_suspended = false;
  bool is_secure = true;  // "secure submissions": every receiver path authenticates
  Instant created_on;
  ProjectSettings settings;
};

/// Names that new project spaces may have. Older ones, which migrations bring, may have more.
inline constexpr std::size_t kNameCharactersMax = 126;
/// SlugOf makes names of at most this length.
inline constexpr std::size_t kSlugCharactersMax = 25;

enum class NameRule : std::uint8_t {
  kNew,       // (?:[a-z0-9]+-)*[a-z0-9]+
  kMigrated,  // [\w.:-]+ in ASCII
};
bool IsValidName(std::string_view name, NameRule rule);

/// Slug for a readable name: lower-case, blanks to '-', at most 25 characters, [a-z0-9-]. Empty
/// when nothing of the name can be used.
std::string SlugOf(std::string_view readable_name);

/// Creates a project space. It has no roles yet: people::CreateProject, which stands above this
/// room, does both in one batch and is what services and commands call.
/// @throws Problem kConflict when the name is taken, kBadRequest when it is not a valid name.
Project Create(sql::Batch& batch, std::string_view name, std::string_view display_name,
               NameRule rule = NameRule::kNew);
/// Each appends a change record, also when the value was already so.
/// @throws Problem kNotFound
void SetStage(sql::Batch& batch, std::string_view name, Stage stage);
void SetSuspended(sql::Batch& batch, std::string_view name, bool is_suspended);
void SetSecure(sql::Batch& batch, std::string_view name, bool is_secure);
/// `changes`: a JSON object of switches by name. @throws Problem kBadRequest as MergeSettings does
void ChangeSettings(sql::Batch& batch, std::string_view name, std::string_view changes);

/// By name.
std::vector<Project> List(sql::Connection& connection);
std::optional<Project> Find(sql::Connection& connection, std::string_view name);
/// The stage of that name. @throws Problem kBadRequest that lists the known ones.
Stage ParseStage(std::string_view name);

/// Projects by name, remembered for kFreshMicros so that a request costs no query. Changes made
/// through this process are seen at once when the one who made them calls Forget after the commit.
/// Threads: any.
class Directory {
 public:
  static constexpr std::int64_t kFreshMicros = 1'000'000;
  /// Names remembered, known and unknown ones; all are dropped when more come.
  static constexpr std::size_t kEntriesMax = 10'000;

  explicit Directory(sql::Database& database) : database_(database) {}
  /// Null when there is no such project.
  std::shared_ptr<const Project> Find(std::string_view name);
  void Forget(std::string_view name);

 private:
  struct Entry {
    std::shared_ptr<const Project> project;
    std::int64_t read_at = 0;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  sql::Database& database_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> entries_;
  std::uint64_t times_forgotten_ = 0;
};

}  // namespace outpost::projects
