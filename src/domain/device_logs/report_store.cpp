#include "domain/device_logs/report_store.h"

#include <algorithm>

#include "base/ids.h"
#include "base/problem.h"
#include "format/zstd/zstd.h"

namespace outpost::device_logs {
namespace {

/// One slice of trimming: what the writer deletes in a few milliseconds.
constexpr std::int64_t kTrimReportsMax = 100;
constexpr std::int64_t kTrimBytesMax = 1LL << 20;

/// A blob is stored once per server. So that no two reports have the same, and each goes with its
/// only report, its bytes begin with a random id.
constexpr std::size_t kOwnIdBytes = 32;
/// What `packed` begins with when it is the id of a blob; what zstd makes never does.
constexpr std::string_view kBlobStart = "b-";
constexpr std::int64_t kBlobIdBytes = 66;

constexpr std::string_view kColumns = "id, report_id, received_on, user_id, kinds, length, packed";

std::int64_t KindsStored(sql::Batch& batch, const Arrival& arrival, bool& is_known) {
  std::int64_t kinds = 0;
  const auto rows = batch.connection().Query(
      "SELECT kinds FROM device_reports WHERE id_hash = $1 AND project = $2 AND report_id = $3",
      {batch.database().HashOf(arrival.project, arrival.report_id), arrival.project,
       std::string_view(arrival.report_id)});
  while (rows->Next()) {
    is_known = true;
    kinds |= rows->Int(0);
  }
  return kinds;
}

/// What the row says, before its XML is read.
struct Row {
  StoredReport stored;
  std::int64_t kinds = 0;
  std::int64_t length = 0;
  std::string packed;
};

Row ReadRow(const sql::Rows& rows) {
  Row row;
  row.stored.row = rows.Int(0);
  row.stored.report_id = rows.String(1);
  row.stored.received_on = {rows.Int(2)};
  if (!rows.IsNull(3)) row.stored.user_id = rows.String(3);
  row.kinds = rows.Int(4);
  row.length = rows.Int(5);
  row.packed = rows.Blob(6);
  return row;
}

StoredReport Unpacked(sql::Connection& connection, const blobs::BlobStore& blobs, Row row) {
  if (row.packed.starts_with(kBlobStart)) {
    row.packed = blobs.Read(connection, row.packed).substr(kOwnIdBytes);
  }
  const auto xml = zstd::Unpack(row.packed, row.length);
  if (!xml) {
    throw Problem(ProblemKind::kInternal, "A stored device report is damaged. Run: outpost doctor",
                  "the packed XML of a device report does not unpack to its length");
  }
  Report& report = row.stored.report;
  report = ReadReport(xml::Document::Parse(*xml));
  if ((row.kinds & kUserEntries) == 0) report.users.clear();
  if ((row.kinds & kLogEntries) == 0) report.logs.clear();
  if ((row.kinds & kUserErrors) == 0) report.errors.clear();
  if ((row.kinds & kForceCloses) == 0) report.closes.clear();
  return std::move(row.stored);
}

}  // namespace

PreparedReport Prepare(const xml::Document& document, std::string_view xml) {
  PreparedReport prepared;
  prepared.kinds = ReadReport(document).kinds();
  prepared.length = static_cast<std::int64_t>(xml.size());
  prepared.packed = zstd::Pack(xml);
  return prepared;
}

void MoveLargeToBlob(PreparedReport& report, const blobs::BlobStore& blobs) {
  if (report.packed.size() <= kInRowBytesMax) return;
  report.blob = blobs.Prepare(NewHexId() + report.packed);
  report.packed.clear();
}

void Store(sql::Batch& batch, const blobs::BlobStore& blobs, const Arrival& arrival,
           const PreparedReport& report) {
  bool is_known = false;
  const std::int64_t new_kinds = report.kinds & ~KindsStored(batch, arrival, is_known);
  if (report.answers_request_of) {
    CancelRequest(batch, arrival.project, *report.answers_request_of);
  }
  if (is_known && new_kinds == 0) return;
  // Old reports are looked for from the front: none may claim to come from the future.
  const auto received_on = std::min(arrival.received_on, batch.now());
  const sql::Param user =
      arrival.user_id ? sql::Param{std::string_view(*arrival.user_id)} : sql::Param{};
  const bool is_large = !report.blob.id.empty();
  if (is_large) blobs.Keep(batch, report.blob);
  batch.connection().Execute(
      "INSERT INTO device_reports (project, id, report_id, id_hash, received_on, user_id, kinds, "
      "length, packed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {arrival.project, batch.Next().seq, std::string_view(arrival.report_id),
       batch.database().HashOf(arrival.project, arrival.report_id), received_on.micros, user,
       new_kinds, report.length, sql::Bytes{is_large ? report.blob.id : report.packed}});
}

std::vector<StoredReport> ListReports(sql::Connection& connection, const blobs::BlobStore& blobs,
                                      std::int64_t project, std::int64_t before, int limit) {
  std::vector<StoredReport> page;
  std::int64_t bytes = 0;
  const auto rows = connection.Query(
      "SELECT " + std::string(kColumns) +
          " FROM device_reports WHERE project = $1 AND ($2 = 0 OR id < $2) ORDER BY id DESC "
          "LIMIT $3",
      {project, before, std::int64_t{std::clamp(limit, 1, kReportsPerPageMax)}});
  while (bytes < kPageBytesMax && rows->Next()) {
    auto row = ReadRow(*rows);
    bytes += row.length;
    page.push_back(Unpacked(connection, blobs, std::move(row)));
  }
  return page;
}

std::vector<StoredReport> FindReports(sql::Connection& connection, const blobs::BlobStore& blobs,
                                      const sql::Database& database, std::int64_t project,
                                      std::string_view report_id) {
  std::vector<StoredReport> found;
  const auto rows = connection.Query(
      "SELECT " + std::string(kColumns) +
          " FROM device_reports WHERE id_hash = $1 AND project = $2 AND report_id = $3 "
          "ORDER BY id",
      {database.HashOf(project, report_id), project, report_id});
  while (rows->Next()) found.push_back(Unpacked(connection, blobs, ReadRow(*rows)));
  return found;
}

std::int64_t TrimSlice(sql::Batch& batch, const blobs::BlobStore& blobs, std::int64_t project,
                       Instant before) {
  std::int64_t last = 0, bytes = 0, count = 0;
  std::vector<std::string> large;
  {
    const auto rows = batch.connection().Query(
        "SELECT id, received_on, length(packed), CASE WHEN length(packed) = $2 THEN packed END "
        "FROM device_reports WHERE project = $1 ORDER BY id LIMIT $3",
        {project, kBlobIdBytes, kTrimReportsMax});
    while (bytes < kTrimBytesMax && rows->Next() && rows->Int(1) < before.micros) {
      last = rows->Int(0);
      bytes += rows->Int(2);
      if (rows->Blob(3).starts_with(kBlobStart)) large.emplace_back(rows->Blob(3));
      ++count;
    }
  }
  if (count == 0) return 0;
  for (const auto& blob : large) blobs.Drop(batch, blob);
  batch.connection().Execute("DELETE FROM device_reports WHERE project = $1 AND id <= $2",
                             {project, last});
  return count;
}

void RequestLogs(sql::Batch& batch, std::int64_t project, std::int64_t account) {
  batch.connection().Execute(
      "INSERT INTO device_log_requests (project, account, requested_on) VALUES ($1, $2, $3) "
      "ON CONFLICT (project, account) DO UPDATE SET requested_on = $3",
      {project, account, batch.now().micros});
}

void CancelRequest(sql::Batch& batch, std::int64_t project, std::int64_t account) {
  batch.connection().Execute("DELETE FROM device_log_requests WHERE project = $1 AND account = $2",
                             {project, account});
}

bool IsRequested(sql::Connection& connection, std::int64_t project, std::int64_t account) {
  return connection
      .Query("SELECT 1 FROM device_log_requests WHERE project = $1 AND account = $2",
             {project, account})
      ->Next();
}

}  // namespace outpost::device_logs
