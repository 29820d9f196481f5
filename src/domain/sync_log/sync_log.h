#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "domain/sync_log/phone_graph.h"
#include "domain/sync_log/state_hash.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Sync logs on disk (restore document 10): one for each restore that a phone may hold, and what
/// forms with its token have changed since. Written inside a batch of the one writer, read
/// anywhere.
///
///   restore ─► Insert: packed cases ─┐
///   form with the token ─► SyncLogSet::Record: a delta ─┴─► ReadGraph: what the phone holds
///
/// A form that carries the token of a log counts for that log's unused successor too, if it was
/// committed after the successor's snapshot: the phone sent it before it had the new restore.
namespace outpost::sync_log {

/// A log that nobody used for so long is deleted (10.4 asks for 63 days from its date at least).
inline constexpr std::int64_t kKeepMicros = 63 * kMicrosPerDay;
/// used_on is brought up to date when it is older than this.
inline constexpr std::int64_t kUsedStepMicros = kMicrosPerDay;

struct SyncLog {
  std::int64_t row = 0;
  std::int64_t project = 0;
  std::string token;                        // 32 hex digits
  std::string user_id;                      // whose phone content this is
  std::string requested_by;                 // another user with `as`
  std::string device_id, app_id, build_id;  // "" unknown
  bool is_web_apps = false;
  std::int64_t previous = 0;  // row of the log that the phone held; 0 none or gone
  sql::Stamp snapshot;        // the state of the database that the restore shows
  Instant created_on, used_on;
  std::optional<Instant> state_error_on;
  OwnerIds owners;             // with the user's own id
  StateHash digest;            // of what is held, without deltas
  std::size_t held_count = 0;  // likewise
};

/// Cases that are not held, or not owned, and whose change may still change what is to be held.
struct Watched {
  std::vector<std::int64_t> rows;        // ascending
  std::vector<std::string> missing_ids;  // indices point at them, but there are no such cases
  /// The phone does not hold the live set but what its purge leaves of it, so that there may be
  /// something to send although nothing changed.
  bool is_unsettled = false;
};

std::optional<SyncLog> FindByToken(sql::Connection& connection, std::int64_t project,
                                   std::string_view token);
/// Logs of a user, newest first.
std::vector<SyncLog> ListOfUser(sql::Connection& connection, std::int64_t project,
                                std::string_view user_id);

/// Position of the newest form that has changed the log's content; 0 when none has.
std::int64_t NewestDelta(sql::Connection& connection, const SyncLog& log);

/// What the phone has, purged or not: call PurgedBy for what it holds after its next purge.
PhoneGraph ReadGraph(sql::Connection& connection, const sql::Database& database,
                     const SyncLog& log);
/// Ids of cases of a graph, in their order; those that are gone for good are left out.
std::vector<std::string> CaseIdsOf(sql::Connection& connection, const PhoneGraph& graph);
Watched ReadWatched(sql::Connection& connection, const SyncLog& log);

/// One flag for each of the cases: whether it changed after the log's snapshot by anything but
/// forms that carried its token.
std::vector<bool> ChangedByOthers(sql::Connection& connection, const SyncLog& log,
                                  std::span<const std::int64_t> case_rows);

/// Writes a new log under the next position; fills row and token.
SyncLog Insert(sql::Batch& batch, SyncLog log, const PhoneGraph& graph, const Watched& watched);

/// The phone's hash was another than the log's.
void RecordStateError(sql::Batch& batch, std::int64_t log, std::string_view state);
/// The phone came back with this log: its predecessors are deleted, and it lives on.
void MoveOn(sql::Batch& batch, const SyncLog& log);
/// Whether MoveOn has anything to do now.
bool NeedsMoveOn(const SyncLog& log, Instant now);

/// Deletes at most `limit` logs that nobody has used since `before`. @returns how many
std::int64_t DeleteUnused(sql::Batch& batch, Instant before, int limit);

/// Logs that forms of one batch name.
class SyncLogSet final : public sql::BatchState {
 public:
  explicit SyncLogSet(sql::Batch& batch) : batch_(batch) {}

  /// Announces a look-up, so that all of a batch are made in one go.
  void Want(std::int64_t project, std::string_view token);
  /// A form of `user_id` was applied. Unknown tokens and those of another user change nothing
  /// (10.2 step 1). Call after the form took its positions.
  void Record(std::int64_t project, std::string_view token, std::string_view user_id,
              const FormEffect& effect);
  void Flush(sql::Batch&) override {}

 private:
  using Key = std::pair<std::int64_t, std::string>;
  void LoadWanted();

  sql::Batch& batch_;
  std::vector<Key> wanted_;
  std::map<Key, std::optional<SyncLog>> known_;
};

}  // namespace outpost::sync_log
