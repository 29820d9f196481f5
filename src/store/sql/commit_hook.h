#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/instant.h"

/// The other half of Database::OnCheckpoint, for whoever ships the write-ahead log.
namespace outpost::sql {

class Connection;
class Database;

/// A commit of the writer that is on stable storage: how far it reaches in the log, the newest
/// position, and the clock at the start of its batch.
struct CommitMade {
  std::string wal_path;
  std::int64_t frames = 0;
  std::int64_t seq = 0;
  Instant at;
};
using AfterCommit = std::function<void(const CommitMade&)>;

/// `hook` is called on the writer's thread after every commit, before its jobs are answered; it
/// does not throw and is quick. Set before the Writer starts. On PostgreSQL it is never called.
void OnCommit(Database& database, AfterCommit hook);

/// The writer says so.
void NoteCommit(Database& database, Connection& writing, std::int64_t seq, Instant at);

}  // namespace outpost::sql
