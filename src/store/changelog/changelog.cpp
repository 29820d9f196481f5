#include "store/changelog/changelog.h"

#include <algorithm>

namespace outpost::changelog {

void Append(sql::Batch& batch, const Change& change) {
  // Written at once rather than gathered: a job that fails afterwards is then seen to have written.
  batch.connection().Execute(
      "INSERT INTO changes (seq, at, project, topic, row_id, document_id, type, subtype, "
      "is_deletion) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {change.seq, change.at.micros, change.project, static_cast<std::int64_t>(change.topic),
       change.row, change.document_id, change.type, change.subtype,
       static_cast<std::int64_t>(change.is_deletion)});
}

namespace {

std::vector<Change> Collect(const std::unique_ptr<sql::Rows>& rows) {
  std::vector<Change> changes;
  while (rows->Next()) {
    auto& change = changes.emplace_back();
    change.seq = rows->Int(0);
    change.at = {rows->Int(1)};
    change.project = rows->Int(2);
    change.topic = static_cast<Topic>(rows->Int(3));
    change.row = rows->Int(4);
    change.document_id = rows->String(5);
    change.type = rows->String(6);
    change.subtype = rows->String(7);
    change.is_deletion = rows->Int(8) != 0;
  }
  return changes;
}

}  // namespace

std::vector<Change> ReadAfter(sql::Connection& connection, std::int64_t after, int limit) {
  return Collect(connection.Query(
      "SELECT seq, at, project, topic, row_id, document_id, type, subtype, is_deletion "
      "FROM changes WHERE seq > $1 ORDER BY seq LIMIT $2",
      {after, limit}));
}

std::int64_t NewestSeq(sql::Connection& connection) {
  const auto newest = connection.Query("SELECT MAX(seq) FROM changes");
  return newest->Next() && !newest->IsNull(0) ? newest->Int(0) : 0;
}

TopicChanges ReadTopicsAfter(sql::Connection& connection, Topic first, std::int64_t after,
                             int limit) {
  // Before the changes: what commits in between is looked through the next time.
  TopicChanges read{{}, std::max(after, NewestSeq(connection))};
  read.changes = Collect(connection.Query(
      "SELECT seq, at, project, topic, row_id, document_id, type, subtype, is_deletion "
      "FROM changes WHERE seq > $1 AND seq <= $2 AND topic >= $3 ORDER BY seq LIMIT $4",
      {after, read.until, static_cast<std::int64_t>(first), limit}));
  if (read.changes.size() == static_cast<std::size_t>(limit)) read.until = read.changes.back().seq;
  return read;
}

std::int64_t ReadCursor(sql::Connection& connection, std::string_view reader) {
  const auto rows = connection.Query("SELECT seq FROM changelog_readers WHERE name = $1", {reader});
  return rows->Next() ? rows->Int(0) : 0;
}

void MoveCursor(sql::Batch& batch, std::string_view reader, std::int64_t seq) {
  batch.connection().Execute(
      "INSERT INTO changelog_readers (name, seq) VALUES ($1, $2) "
      "ON CONFLICT (name) DO UPDATE SET seq = excluded.seq",
      {reader, seq});
}

std::int64_t Trim(sql::Batch& batch, Instant before, int limit) {
  auto& connection = batch.connection();
  std::int64_t passed_by_all = batch.last().seq;
  const auto slowest = connection.Query("SELECT MIN(seq) FROM changelog_readers");
  if (slowest->Next() && !slowest->IsNull(0)) {
    passed_by_all = std::min(passed_by_all, slowest->Int(0));
  }
  // Both seq and at only grow, so the oldest rows decide and the rest is never looked at.
  std::int64_t trim_to = 0;
  {
    const auto oldest =
        connection.Query("SELECT seq, at FROM changes WHERE seq <= $1 ORDER BY seq LIMIT $2",
                         {passed_by_all, limit});
    while (oldest->Next() && oldest->Int(1) < before.micros) trim_to = oldest->Int(0);
  }
  if (trim_to == 0) return 0;
  return connection.ExecuteCounted("DELETE FROM changes WHERE seq <= $1", {trim_to});
}

}  // namespace outpost::changelog
