#include "domain/intake/detail/deletion_log.h"

namespace outpost::intake {
namespace {

constexpr const char* kColumns = "SELECT id, project, topic, row_id, document_id, deletion_id ";

std::vector<Deletion> ReadAll(sql::Batch& batch, const std::string& sql, sql::Params params) {
  std::vector<Deletion> deletions;
  const auto rows = batch.connection().Query(sql, params);
  while (rows->Next()) {
    deletions.push_back({rows->Int(0), rows->Int(1), static_cast<changelog::Topic>(rows->Int(2)),
                         rows->Int(3), rows->String(4), rows->String(5)});
  }
  return deletions;
}

}  // namespace

void LogDeletion(sql::Batch& batch, const Deletion& deletion, Instant deleted_on) {
  batch.connection().Execute(
      "INSERT INTO deletions (id, project, topic, row_id, document_id, id_hash, deletion_id, "
      "deleted_on, purged_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
      {batch.Next().seq, deletion.project, static_cast<std::int64_t>(deletion.topic), deletion.row,
       std::string_view(deletion.document_id),
       batch.database().HashOf(deletion.project, deletion.document_id),
       std::string_view(deletion.deletion_id), deleted_on.micros});
}

std::optional<Deletion> FindDeletion(sql::Batch& batch, std::int64_t project,
                                     changelog::Topic topic, std::string_view document_id) {
  auto found = ReadAll(batch,
                       std::string(kColumns) +
                           "FROM deletions WHERE id_hash = $1 AND project = $2 AND topic = $3 AND "
                           "document_id = $4 AND purged_on = 0 ORDER BY id DESC LIMIT 1",
                       {batch.database().HashOf(project, document_id), project,
                        static_cast<std::int64_t>(topic), document_id});
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<Deletion> DeletedTogether(sql::Batch& batch, std::string_view deletion_id) {
  return ReadAll(
      batch,
      std::string(kColumns) + "FROM deletions WHERE deletion_id = $1 AND purged_on = 0 ORDER BY id",
      {deletion_id});
}

std::vector<Deletion> DeletedBefore(sql::Batch& batch, Instant before, int limit) {
  return ReadAll(batch,
                 std::string(kColumns) +
                     "FROM deletions WHERE purged_on = 0 AND deleted_on < $1 "
                     "ORDER BY deleted_on LIMIT $2",
                 {before.micros, std::int64_t{limit}});
}

void ForgetDeletion(sql::Batch& batch, std::int64_t id) {
  batch.connection().Execute("DELETE FROM deletions WHERE id = $1", {id});
}

void MarkPurged(sql::Batch& batch, std::int64_t id) {
  batch.connection().Execute("UPDATE deletions SET purged_on = $1 WHERE id = $2",
                             {batch.now().micros, id});
}

}  // namespace outpost::intake
