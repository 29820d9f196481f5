#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "operations/backup/parcel.h"

/// The PostgreSQL that is backed up: how its own programs are told to reach it, what it is, and
/// whether it lets itself be backed up.
namespace outpost::pg_backup {

/// A connection string, cut so that no secret stands on a command line.
struct Reach {
  std::string parameters;                          // without passwords, for --dbname
  std::map<std::string, std::string> environment;  // PGPASSWORD
};
/// @throws Problem kBadRequest when it is no connection string, or has a password for its key
Reach ReachOf(const std::string& location);

/// One session, apart from those of the server's requests. Threads: one at a time.
class Session {
 public:
  /// @throws Problem kBusy when the server cannot be reached
  explicit Session(const std::string& location);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  using Row = std::vector<std::string>;
  /// @throws Problem kInternal with the server's words; the session is then to be given up
  std::vector<Row> Ask(const std::string& sql, const std::vector<std::string>& values = {});
  /// The first value of the first row; empty when there is none.
  std::string Value(const std::string& sql, const std::vector<std::string>& values = {});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct ServerFacts {
  int version = 0;                 // 150014
  std::int64_t segment_bytes = 0;  // of its log, 16 MiB unless it was made otherwise
  backup::SeriesId system{};       // PostgreSQL's own id of the cluster
  std::uint32_t timeline = 0;
  std::int64_t bytes = 0;  // of the database, about
  std::string database, user;

  int major() const { return version / 10'000; }
};

/// Asks, and refuses what cannot be backed up: no right to replicate, wal_level minimal, no
/// max_wal_senders or max_replication_slots, tablespaces, older than 13.
/// @throws Problem kConflict that says what to change
ServerFacts LookAt(Session& session);

/// A program of PostgreSQL's for a server of this release: of the same one where it is there, else
/// of a later one. @throws Problem kNotFound naming the Debian package
std::filesystem::path FindProgram(std::string_view name, int major);
/// The folder with `postgres` of exactly this release; empty when it is not here.
std::filesystem::path FindServerPrograms(int major);

/// Positions in PostgreSQL's log: "16/B374D848".
std::int64_t LsnOf(std::string_view text);
std::string TextOfLsn(std::int64_t lsn);

}  // namespace outpost::pg_backup
