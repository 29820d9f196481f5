#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/forms/form_record.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Forms on disk. Writing happens inside a batch of the one writer, reading anywhere.
namespace outpost::forms {

/// A form's XML made ready for storage outside the writer: digest and compressed bytes.
struct PreparedXml {
  Md5Digest md5{};
  std::int64_t length = 0;
  std::string packed;    // zstd; empty when the XML is in `blob`
  blobs::Prepared blob;  // for XML that stays over blobs::kInDatabaseBytesMax when packed
};
/// Threads: any. Writes and fsyncs a file when the XML is large.
PreparedXml PrepareXml(std::string_view xml, const blobs::BlobStore& blobs);

/// The statement values of the columns xml and xml_blob.
sql::Param PackedParam(const PreparedXml& xml);
sql::Param BlobParam(const PreparedXml& xml);
/// The exact bytes received. @throws Problem kInternal when they are damaged.
std::string UnpackXml(sql::Connection& connection, const blobs::BlobStore& blobs,
                      const PreparedXml& xml);

/// Forms that jobs of one batch look up and store; sees what earlier jobs of the batch did.
class FormSet final : public sql::BatchState {
 public:
  explicit FormSet(sql::Batch& batch) : batch_(batch) {}

  /// Announces a look-up, so that all of a batch are made in one go.
  void Want(std::int64_t project, std::string_view form_id);
  /// The form under this id, or null. The pointer is good until the batch ends.
  const FormRecord* Find(std::int64_t project, std::string_view form_id);

  /// Stores a new form under the next position, with its change record. @returns its row.
  std::int64_t Insert(std::int64_t project, FormRecord form, const PreparedXml& xml,
                      const std::vector<Attachment>& attachments, const blobs::BlobStore& blobs);

  /// An edit: the row keeps its id and takes the new version; the old version is kept as a
  /// deprecated form under a fresh id with its files. Files of the old version that the new one
  /// does not bring stay with it too. Fills the new version's deprecated_form_id and indexed_on.
  void Replace(std::int64_t project, const FormRecord& old, FormRecord changed,
               const PreparedXml& xml, const std::vector<Attachment>& attachments,
               const blobs::BlobStore& blobs);
  /// Writes state, problem, completeness, history, deletion and server_modified_on of a form that
  /// is stored.
  void UpdateState(std::int64_t project, FormRecord form);
  /// Removes a form and its rows of attachments, as if it had never been. Its blobs are the
  /// caller's.
  void Remove(std::int64_t project, const FormRecord& form);
  /// Gives a form another id and remembers the one it was sent under.
  void Rename(std::int64_t project, const FormRecord& form, const std::string& fresh_id);

  void Flush(sql::Batch&) override {}

 private:
  using Key = std::pair<std::int64_t, std::string>;
  void LoadWanted();
  void AppendChange(std::int64_t project, const FormRecord& form, sql::Stamp stamp);

  sql::Batch& batch_;
  std::vector<Key> wanted_;
  std::map<Key, std::optional<FormRecord>> known_;
};

/// The newest record under a form id.
std::optional<FormRecord> FindForm(sql::Connection& connection, const sql::Database& database,
                                   std::int64_t project, std::string_view form_id);
std::optional<FormRecord> FindFormByRow(sql::Connection& connection, std::int64_t row);
/// The exact bytes received.
std::string ReadXml(sql::Connection& connection, const blobs::BlobStore& blobs, std::int64_t row);
/// Every blob that the form's XML or attachments are in.
std::vector<std::string> BlobsOf(sql::Connection& connection, std::int64_t row);
/// Forms that could not be processed, and what was no form at all, newest first: at most `limit`
/// below the row `before` (0: from the newest).
std::vector<FormRecord> ListFailed(sql::Connection& connection, std::int64_t project,
                                   std::int64_t before, int limit);
std::vector<Attachment> ListAttachments(sql::Connection& connection, std::int64_t row);

}  // namespace outpost::forms
