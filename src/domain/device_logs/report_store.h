#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "domain/device_logs/report.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Device reports on disk. The packed XML is kept, entries are read from it: so little is written
/// while phones wait, and what this release cannot read is not lost.
namespace outpost::device_logs {

/// A packed report over this is a file of blobs/: a row of 10 MB held the writer for 16 to 26 ms.
inline constexpr std::size_t kInRowBytesMax = 256 * 1024;

/// A report made ready outside the writer.
struct PreparedReport {
  std::int64_t kinds = 0;
  std::int64_t length = 0;  // of the XML
  std::string packed;       // empty when it is in the blob
  blobs::Prepared blob;
  /// The account whose pending request for logs this report answers.
  std::optional<std::int64_t> answers_request_of;
};
/// Threads: any. @param xml the bytes of `document`.
PreparedReport Prepare(const xml::Document& document, std::string_view xml);
/// Puts a large one into a file, durable when it returns. Threads: any.
void MoveLargeToBlob(PreparedReport& report, const blobs::BlobStore& blobs);

struct Arrival {
  std::int64_t project = 0;
  std::string report_id;
  std::optional<std::string> user_id;  // who vouched for it
  Instant received_on;
};
/// Stores the report; of the kinds that are there already under its id nothing is added. A pending
/// request is cleared in the same transaction.
void Store(sql::Batch& batch, const blobs::BlobStore& blobs, const Arrival& arrival,
           const PreparedReport& report);

struct StoredReport {
  std::int64_t row = 0;
  std::string report_id;
  Instant received_on;
  std::optional<std::string> user_id;
  Report report;  // only the entries that count
};

/// Pages of a list hold at most so many reports, and so many bytes of XML.
inline constexpr int kReportsPerPageMax = 100;
inline constexpr std::int64_t kPageBytesMax = 16LL << 20;

/// The newest reports of a project below the position `before` (0: all), newest first; at least one
/// when there is one.
std::vector<StoredReport> ListReports(sql::Connection& connection, const blobs::BlobStore& blobs,
                                      std::int64_t project, std::int64_t before, int limit);
/// Everything stored under an id, in the order it came; the list is empty when there is nothing.
std::vector<StoredReport> FindReports(sql::Connection& connection, const blobs::BlobStore& blobs,
                                      const sql::Database& database, std::int64_t project,
                                      std::string_view report_id);

/// Deletes a slice of a project's oldest reports that came before `before`.
/// @returns how many; 0 when none is left.
std::int64_t TrimSlice(sql::Batch& batch, const blobs::BlobStore& blobs, std::int64_t project,
                       Instant before);

/// Asks an account's phones for their logs: the heartbeat says so until a forced report comes.
void RequestLogs(sql::Batch& batch, std::int64_t project, std::int64_t account);
void CancelRequest(sql::Batch& batch, std::int64_t project, std::int64_t account);
bool IsRequested(sql::Connection& connection, std::int64_t project, std::int64_t account);

}  // namespace outpost::device_logs
