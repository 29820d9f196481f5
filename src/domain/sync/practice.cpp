#include "domain/sync/practice.h"

#include <optional>

#include "base/problem.h"
#include "format/zstd/zstd.h"

namespace outpost::sync {
namespace {

std::optional<std::string> FindStored(sql::Database& database, const people::Account& worker) {
  const auto lease = database.Read();
  const auto rows = lease->Query(
      "SELECT length, document FROM practice_restores WHERE account = $1 AND auth_version = $2",
      {worker.row, worker.auth_version});
  if (!rows->Next()) return std::nullopt;
  return zstd::Unpack(rows->Blob(1), rows->Int(0));
}

}  // namespace

std::string PracticeDocument(sql::Database& database, sql::Writer& writer, Restorer& restorer,
                             const std::shared_ptr<const projects::Project>& project,
                             const people::Account& worker) {
  if (auto stored = FindStored(database, worker)) return std::move(*stored);
  RestoreRequest request;
  request.project = project;
  request.user = worker;
  request.requested_by = worker.user_id;
  RestoreProgress progress;
  auto document = restorer.Make(request, progress).document->ReadAll();
  const auto packed = zstd::Pack(document);
  writer.Run(project->row, [&](sql::Batch& batch) {
    ForgetPracticeDocument(batch, worker.row);
    batch.connection().Execute(
        "INSERT INTO practice_restores (account, auth_version, length, document) "
        "VALUES ($1, $2, $3, $4)",
        {worker.row, worker.auth_version, static_cast<std::int64_t>(document.size()),
         sql::Bytes{packed}});
  });
  return document;
}

void ForgetPracticeDocument(sql::Batch& batch, std::int64_t account) {
  batch.connection().Execute("DELETE FROM practice_restores WHERE account = $1", {account});
}

}  // namespace outpost::sync
