#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/data_folder.h"
#include "store/sql/database.h"

/// What is known of a database without changing it: from the running server, or from the file.
namespace outpost::doctor {

/// A running server checks databases up to this size whole without being asked twice: less than two
/// seconds of one reading transaction.
inline constexpr std::int64_t kAlwaysCheckedBytesMax = 256LL << 20;

struct DatabaseFacts {
  std::string error;                // why it could not be read; then nothing else counts
  std::string engine;               // "SQLite", "PostgreSQL"
  bool was_checked = false;         // integrity
  std::string integrity_problems;   // empty: none found
  std::int64_t newest_step = 0;     // of the schema in the database
  std::int64_t database_bytes = 0;  // 0: not known
  std::int64_t log_bytes = 0;
};

/// Inside the server; answers the admin command "doctor.database".
DatabaseFacts ExamineRunning(sql::Database& database, const DataPaths& paths, bool is_deep);
/// Without a server: opens the file for reading only; never creates, migrates or checkpoints.
DatabaseFacts ExamineFile(const DataPaths& paths);
/// Without a server: connects and reads.
DatabaseFacts ExaminePostgresql(const std::string& location);

/// As they travel over the admin socket.
std::string JsonOf(const DatabaseFacts& facts);
std::optional<DatabaseFacts> DatabaseFactsOf(std::string_view json);

}  // namespace outpost::doctor
