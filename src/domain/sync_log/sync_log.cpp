#include "domain/sync_log/sync_log.h"

#include <algorithm>
#include <boost/json.hpp>
#include <span>

#include "base/ids.h"
#include "domain/sync_log/detail/packed_bytes.h"

namespace outpost::sync_log {
namespace {

using detail::PackedReader;
using detail::PackedWriter;

constexpr const char* kSelectByToken =
    "SELECT id, project, token, user_id, requested_by, device_id, app_id, build_id, is_web_apps, "
    "previous, snapshot_seq, snapshot_at, created_on, used_on, state_error_on, owners, digest, "
    "held_count FROM sync_logs WHERE token = $1 AND project = $2";
constexpr const char* kSelectOfUser =
    "SELECT id, project, token, user_id, requested_by, device_id, app_id, build_id, is_web_apps, "
    "previous, snapshot_seq, snapshot_at, created_on, used_on, state_error_on, owners, digest, "
    "held_count FROM sync_logs WHERE project = $1 AND user_id = $2 ORDER BY id DESC";

std::string RenderOwners(const OwnerIds& owners) {
  boost::json::array list;
  for (const auto& id : owners) list.emplace_back(id);
  return boost::json::serialize(list);
}

OwnerIds ParseOwners(std::string_view json) {
  OwnerIds owners;
  const auto parsed = boost::json::parse(json);
  for (const auto& id : parsed.as_array()) owners.insert(std::string(id.as_string()));
  return owners;
}

SyncLog ReadLog(const sql::Rows& row) {
  SyncLog log;
  log.row = row.Int(0);
  log.project = row.Int(1);
  log.token = row.String(2);
  log.user_id = row.String(3);
  log.requested_by = row.String(4);
  log.device_id = row.String(5);
  log.app_id = row.String(6);
  log.build_id = row.String(7);
  log.is_web_apps = row.Int(8) != 0;
  log.previous = row.Int(9);
  log.snapshot = {row.Int(10), {row.Int(11)}};
  log.created_on = {row.Int(12)};
  log.used_on = {row.Int(13)};
  if (row.Int(14) != 0) log.state_error_on = Instant{row.Int(14)};
  log.owners = ParseOwners(row.Text(15));
  log.digest = StateHash(row.Blob(16));
  log.held_count = static_cast<std::size_t>(row.Int(17));
  return log;
}

std::string Pack(const Watched& watched) {
  PackedWriter out;
  out.Number(watched.is_unsettled ? 1 : 0);
  out.Text(PackRows(watched.rows));
  for (const auto& id : watched.missing_ids) out.Text(id);
  return out.Take();
}

Watched UnpackWatched(std::string_view bytes) {
  PackedReader in(bytes);
  Watched watched;
  watched.is_unsettled = in.Number() != 0;
  watched.rows = UnpackRows(in.Text());
  while (!in.is_at_end()) watched.missing_ids.emplace_back(in.Text());
  return watched;
}

/// The log's own deltas and those of its predecessor that were committed after its snapshot.
constexpr const char* kDeltasOfBoth =
    "SELECT effect FROM sync_log_deltas WHERE (log = $1) OR (log = $2 AND seq > $3) ORDER BY seq";
constexpr const char* kNewestOfBoth =
    "SELECT MAX(seq) FROM sync_log_deltas WHERE (log = $1) OR (log = $2 AND seq > $3)";

std::int64_t RowOfCase(sql::Connection& connection, const sql::Database& database,
                       std::int64_t project, const std::string& case_id) {
  const auto rows =
      connection.Query("SELECT id FROM cases WHERE id_hash = $1 AND project = $2 AND case_id = $3",
                       {database.HashOf(project, case_id), project, std::string_view(case_id)});
  return rows->Next() ? rows->Int(0) : 0;
}

void Delete(sql::Connection& connection, std::int64_t log) {
  connection.Execute("DELETE FROM sync_log_deltas WHERE log = $1", {log});
  connection.Execute("DELETE FROM sync_log_contents WHERE log = $1", {log});
  connection.Execute("DELETE FROM sync_logs WHERE id = $1", {log});
}

/// Older logs that a phone which came back with `log` can have no more (10.2 step 4).
std::vector<std::int64_t> Outlived(sql::Connection& connection, const SyncLog& log) {
  std::vector<std::int64_t> rows;
  const bool knows_device = !log.device_id.empty() && (log.is_web_apps || !log.app_id.empty());
  if (knows_device) {
    const auto older = connection.Query(
        "SELECT id FROM sync_logs WHERE project = $1 AND user_id = $2 AND device_id = $3 "
        "AND (app_id = $4 OR $5 = 1) AND id < $6",
        {log.project, std::string_view(log.user_id), std::string_view(log.device_id),
         std::string_view(log.app_id), std::int64_t{log.is_web_apps}, log.row});
    while (older->Next()) rows.push_back(older->Int(0));
  }
  if (std::find(rows.begin(), rows.end(), log.previous) == rows.end()) {
    rows.push_back(log.previous);
  }
  return rows;
}

}  // namespace

std::optional<SyncLog> FindByToken(sql::Connection& connection, std::int64_t project,
                                   std::string_view token) {
  const auto rows = connection.Query(kSelectByToken, {token, project});
  if (!rows->Next()) return std::nullopt;
  return ReadLog(*rows);
}

std::vector<SyncLog> ListOfUser(sql::Connection& connection, std::int64_t project,
                                std::string_view user_id) {
  std::vector<SyncLog> logs;
  const auto rows = connection.Query(kSelectOfUser, {project, user_id});
  while (rows->Next()) logs.push_back(ReadLog(*rows));
  return logs;
}

std::int64_t NewestDelta(sql::Connection& connection, const SyncLog& log) {
  const auto rows = connection.Query(kNewestOfBoth, {log.row, log.previous, log.snapshot.seq});
  return rows->Next() ? rows->Int(0) : 0;
}

PhoneGraph ReadGraph(sql::Connection& connection, const sql::Database& database,
                     const SyncLog& log) {
  PhoneGraph graph;
  {
    const auto rows =
        connection.Query("SELECT held FROM sync_log_contents WHERE log = $1", {log.row});
    if (rows->Next()) graph = UnpackGraph(rows->Blob(0));
  }
  bool has_deltas = false;
  {
    const auto rows = connection.Query(kDeltasOfBoth, {log.row, log.previous, log.snapshot.seq});
    for (; rows->Next(); has_deltas = true) {
      Apply(graph, UnpackEffect(rows->Blob(0)), log.owners);
    }
  }
  if (has_deltas) {
    ResolveTargets(graph, [&](const std::string& case_id) {
      return RowOfCase(connection, database, log.project, case_id);
    });
  }
  return graph;
}

std::vector<std::string> CaseIdsOf(sql::Connection& connection, const PhoneGraph& graph) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(graph.size());
  for (const auto& held : graph) sets.push_back({held.row});
  std::vector<std::string> ids;
  connection.QueryEach("SELECT case_id FROM cases WHERE id = $1", sets,
                       [&](std::size_t, const sql::Rows& row) { ids.push_back(row.String(0)); });
  return ids;
}

std::vector<bool> ChangedByOthers(sql::Connection& connection, const SyncLog& log,
                                  std::span<const std::int64_t> case_rows) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(case_rows.size());
  for (const auto row : case_rows) {
    sets.push_back({row, log.snapshot.seq, std::string_view(log.token)});
  }
  std::vector<bool> changed(case_rows.size());
  connection.QueryEach(
      "SELECT 1 FROM case_transactions WHERE case_row = $1 AND seq > $2 AND "
      "(sync_log_id IS NULL OR sync_log_id <> $3) LIMIT 1",
      sets, [&](std::size_t index, const sql::Rows&) { changed[index] = true; });
  return changed;
}

Watched ReadWatched(sql::Connection& connection, const SyncLog& log) {
  const auto rows =
      connection.Query("SELECT watched FROM sync_log_contents WHERE log = $1", {log.row});
  return rows->Next() ? UnpackWatched(rows->Blob(0)) : Watched{};
}

SyncLog Insert(sql::Batch& batch, SyncLog log, const PhoneGraph& graph, const Watched& watched) {
  log.row = batch.Next().seq;
  if (log.token.empty()) log.token = NewHexId();
  const std::string owners = RenderOwners(log.owners);
  auto& connection = batch.connection();
  connection.Execute(
      "INSERT INTO sync_logs (id, project, token, user_id, requested_by, device_id, app_id, "
      "build_id, is_web_apps, previous, snapshot_seq, snapshot_at, created_on, used_on, "
      "state_error_on, state_error, owners, digest, held_count) VALUES ($1, $2, $3, $4, $5, $6, "
      "$7, $8, $9, $10, $11, $12, $13, $14, 0, '', $15, $16, $17)",
      {log.row, log.project, std::string_view(log.token), std::string_view(log.user_id),
       std::string_view(log.requested_by), std::string_view(log.device_id),
       std::string_view(log.app_id), std::string_view(log.build_id), std::int64_t{log.is_web_apps},
       log.previous, log.snapshot.seq, log.snapshot.at.micros, log.created_on.micros,
       log.used_on.micros, std::string_view(owners), sql::Bytes{log.digest.Bytes()},
       static_cast<std::int64_t>(log.held_count)});
  const std::string held = Pack(graph);
  const std::string others = Pack(watched);
  connection.Execute("INSERT INTO sync_log_contents (log, held, watched) VALUES ($1, $2, $3)",
                     {log.row, sql::Bytes{held}, sql::Bytes{others}});
  return log;
}

void RecordStateError(sql::Batch& batch, std::int64_t log, std::string_view state) {
  batch.connection().Execute(
      "UPDATE sync_logs SET state_error_on = $1, state_error = $2 WHERE id = $3",
      {batch.now().micros, state, log});
}

bool NeedsMoveOn(const SyncLog& log, Instant now) {
  return log.previous != 0 || now - log.used_on > kUsedStepMicros;
}

void MoveOn(sql::Batch& batch, const SyncLog& log) {
  auto& connection = batch.connection();
  if (log.previous != 0) {
    connection.Execute("UPDATE sync_log_deltas SET log = $1 WHERE log = $2 AND seq > $3",
                       {log.row, log.previous, log.snapshot.seq});
    for (const auto row : Outlived(connection, log)) Delete(connection, row);
  }
  connection.Execute("UPDATE sync_logs SET previous = 0, used_on = $1 WHERE id = $2",
                     {batch.now().micros, log.row});
}

std::int64_t DeleteUnused(sql::Batch& batch, Instant before, int limit) {
  std::vector<std::int64_t> unused;
  {
    const auto rows =
        batch.connection().Query("SELECT id FROM sync_logs WHERE used_on < $1 LIMIT $2",
                                 {before.micros, std::int64_t{limit}});
    while (rows->Next()) unused.push_back(rows->Int(0));
  }
  for (const auto log : unused) Delete(batch.connection(), log);
  return static_cast<std::int64_t>(unused.size());
}

void SyncLogSet::Want(std::int64_t project, std::string_view token) {
  wanted_.emplace_back(project, token);
}

void SyncLogSet::LoadWanted() {
  std::vector<const Key*> keys;
  for (auto& key : wanted_) {
    const auto [at, is_new] = known_.try_emplace(std::move(key));
    if (is_new) keys.push_back(&at->first);
  }
  wanted_.clear();
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(keys.size());
  for (const Key* key : keys) sets.push_back({std::string_view(key->second), key->first});
  batch_.connection().QueryEach(kSelectByToken, sets, [&](std::size_t index, const sql::Rows& row) {
    known_.at(*keys[index]) = ReadLog(row);
  });
}

void SyncLogSet::Record(std::int64_t project, std::string_view token, std::string_view user_id,
                        const FormEffect& effect) {
  const Key key(project, token);
  if (!known_.contains(key)) {
    wanted_.push_back(key);
    LoadWanted();
  }
  auto& log = known_.at(key);
  if (!log || log->user_id != user_id) return;
  if (NeedsMoveOn(*log, batch_.now())) {
    MoveOn(batch_, *log);
    auto moved_on = *log;
    moved_on.previous = 0;
    moved_on.used_on = batch_.now();
    known_.clear();  // others may be gone now
    known_.emplace(key, std::move(moved_on));
  }
  const auto& current = known_.at(key);
  if (effect.empty()) return;
  const std::string packed = Pack(effect);
  batch_.connection().Execute("INSERT INTO sync_log_deltas (log, seq, effect) VALUES ($1, $2, $3)",
                              {current->row, batch_.last().seq, sql::Bytes{packed}});
}

}  // namespace outpost::sync_log
