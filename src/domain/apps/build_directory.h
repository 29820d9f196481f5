#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/sql/database.h"

/// What the id in a form's address means (submission document P8), remembered so that a form costs
/// no query.
namespace outpost::apps {

struct MeantApp {
  std::string app_id;                   // the id itself when nobody knows it
  std::optional<std::string> build_id;  // when the id is a build's
};

/// The version of a build; none for an unknown one.
std::optional<std::int64_t> VersionOfBuild(sql::Connection& connection, std::int64_t project,
                                           std::string_view build_id);

/// Threads: any.
class BuildDirectory {
 public:
  /// What an id means never changes once it is known; an unknown one is asked for again.
  static constexpr std::int64_t kUnknownMicros = 1'000'000;
  /// Ids remembered; all are dropped when more come.
  static constexpr std::size_t kEntriesMax = 10'000;

  explicit BuildDirectory(sql::Database& database) : database_(database) {}

  MeantApp Find(std::int64_t project, std::string_view id);

 private:
  struct Entry {
    MeantApp meant;
    std::int64_t forget_at = 0;  // steady micros; 0: never
  };
  sql::Database& database_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace outpost::apps
