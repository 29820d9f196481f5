#include "domain/forms/form_store.h"

#include <limits>
#include <memory>

#include "base/ids.h"
#include "base/problem.h"
#include "crypto/digests.h"
#include "format/zstd/zstd.h"
#include "store/changelog/changelog.h"

namespace outpost::forms {
namespace {

constexpr std::string_view kColumns =
    "id, form_id, state, xmlns, user_id, app_id, build_id, received_on, server_modified_on, "
    "edited_on, indexed_on, deleted_on, is_complete, orig_id, deprecated_form_id, problem, "
    "request, history, xml_md5, xml_length";

std::string SelectForms(std::string_view where) {
  return "SELECT " + std::string(kColumns) + " FROM forms WHERE " + std::string(where);
}

std::optional<std::string> TextOrNone(const sql::Rows& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.String(column);
}

std::optional<Instant> InstantOrNone(const sql::Rows& row, int column) {
  const auto micros = row.Int(column);
  if (micros == 0) return std::nullopt;
  return Instant{micros};
}

FormRecord ReadRecord(const sql::Rows& row) {
  FormRecord form;
  form.row = row.Int(0);
  form.form_id = row.String(1);
  form.state = static_cast<FormState>(row.Int(2));
  form.xmlns = row.String(3);
  form.user_id = TextOrNone(row, 4);
  form.app_id = TextOrNone(row, 5);
  form.build_id = TextOrNone(row, 6);
  form.received_on = {row.Int(7)};
  form.server_modified_on = {row.Int(8)};
  form.edited_on = InstantOrNone(row, 9);
  form.indexed_on = {row.Int(10)};
  form.deleted_on = InstantOrNone(row, 11);
  form.is_complete = row.Int(12) != 0;
  form.orig_id = TextOrNone(row, 13);
  form.deprecated_form_id = TextOrNone(row, 14);
  form.problem = TextOrNone(row, 15);
  form.request = ParseRequestFacts(row.Text(16));
  if (!row.IsNull(17)) form.history = row.String(17);
  const auto md5 = row.Blob(18);
  OUTPOST_CHECK(md5.size() == form.xml_md5.size());
  std::copy(md5.begin(), md5.end(), form.xml_md5.begin());
  form.xml_length = row.Int(19);
  return form;
}

std::string Unpack(std::string_view packed, std::int64_t length) {
  auto bytes = zstd::Unpack(packed, length);
  if (!bytes) {
    throw Problem(ProblemKind::kInternal, "A stored form is damaged. Run: outpost doctor",
                  "the packed XML of a form does not unpack to its length");
  }
  return std::move(*bytes);
}

sql::Param OptionalParam(const std::optional<std::string>& value) {
  if (!value) return std::monostate{};
  return std::string_view(*value);
}

std::int64_t MicrosOrZero(const std::optional<Instant>& at) { return at ? at->micros : 0; }

sql::Param HistoryParam(const FormRecord& form) {
  if (form.history == "[]") return std::monostate{};
  return std::string_view(form.history);
}

void InsertRow(sql::Batch& batch, std::int64_t project, const FormRecord& form,
               const PreparedXml& xml) {
  const std::string request = RenderRequestFacts(form.request);
  const std::string_view md5(reinterpret_cast<const char*>(form.xml_md5.data()),
                             form.xml_md5.size());
  batch.connection().Execute(
      "INSERT INTO forms (id, project, form_id, id_hash, state, xmlns, user_id, app_id, build_id, "
      "received_on, server_modified_on, edited_on, indexed_on, deleted_on, is_complete, orig_id, "
      "deprecated_form_id, problem, request, history, xml_md5, xml_length, xml, xml_blob) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
      "$20, $21, $22, $23, $24)",
      {form.row,
       project,
       std::string_view(form.form_id),
       batch.database().HashOf(project, form.form_id),
       static_cast<std::int64_t>(form.state),
       std::string_view(form.xmlns),
       OptionalParam(form.user_id),
       OptionalParam(form.app_id),
       OptionalParam(form.build_id),
       form.received_on.micros,
       form.server_modified_on.micros,
       MicrosOrZero(form.edited_on),
       form.indexed_on.micros,
       MicrosOrZero(form.deleted_on),
       std::int64_t{form.is_complete},
       OptionalParam(form.orig_id),
       OptionalParam(form.deprecated_form_id),
       OptionalParam(form.problem),
       std::string_view(request),
       HistoryParam(form),
       sql::Bytes{md5},
       form.xml_length,
       PackedParam(xml),
       BlobParam(xml)});
}

void InsertAttachment(sql::Batch& batch, std::int64_t form_row, const Attachment& attachment) {
  batch.connection().Execute(
      "INSERT INTO form_attachments (form, name, content_type, length, blob) "
      "VALUES ($1, $2, $3, $4, $5)",
      {form_row, std::string_view(attachment.name), std::string_view(attachment.content_type),
       attachment.length, std::string_view(attachment.blob)});
}

/// Copies the stored version of a form, with its files, to a row of its own.
void CopyAsDeprecated(sql::Batch& batch, std::int64_t project, const FormRecord& old,
                      std::int64_t row, const std::string& id, Instant edited_on) {
  batch.connection().Execute(
      "INSERT INTO forms (id, project, form_id, id_hash, state, xmlns, user_id, app_id, build_id, "
      "received_on, server_modified_on, edited_on, indexed_on, deleted_on, is_complete, orig_id, "
      "deprecated_form_id, problem, request, history, xml_md5, xml_length, xml, xml_blob) "
      "SELECT $1, project, $2, $3, $4, xmlns, user_id, app_id, build_id, received_on, $5, $6, "
      "indexed_on, deleted_on, is_complete, form_id, deprecated_form_id, problem, request, "
      "history, xml_md5, xml_length, xml, xml_blob FROM forms WHERE id = $7",
      {row, std::string_view(id), batch.database().HashOf(project, id),
       static_cast<std::int64_t>(FormState::kDeprecated), edited_on.micros, edited_on.micros,
       old.row});
  batch.connection().Execute(
      "INSERT INTO form_attachments (form, name, content_type, length, blob) "
      "SELECT $1, name, content_type, length, blob FROM form_attachments WHERE form = $2",
      {row, old.row});
}

}  // namespace

PreparedXml PrepareXml(std::string_view xml, const blobs::BlobStore& blobs) {
  PreparedXml prepared;
  prepared.md5 = crypto::Md5(xml);
  prepared.length = static_cast<std::int64_t>(xml.size());
  prepared.packed = zstd::Pack(xml);
  if (prepared.packed.size() > blobs::kInDatabaseBytesMax) {
    prepared.blob = blobs.Prepare(prepared.packed);
    prepared.packed.clear();
  }
  return prepared;
}

void FormSet::Want(std::int64_t project, std::string_view form_id) {
  wanted_.emplace_back(project, form_id);
}

void FormSet::LoadWanted() {
  std::vector<Key> keys;
  for (auto& key : wanted_) {
    if (known_.emplace(key, std::nullopt).second) keys.push_back(std::move(key));
  }
  wanted_.clear();
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(keys.size());
  for (const auto& key : keys) {
    sets.push_back(
        {batch_.database().HashOf(key.first, key.second), key.first, std::string_view(key.second)});
  }
  static const std::string query =
      SelectForms("id_hash = $1 AND project = $2 AND form_id = $3 ORDER BY id");
  batch_.connection().QueryEach(query, sets, [&](std::size_t index, const sql::Rows& row) {
    known_[keys[index]] = ReadRecord(row);
  });
}

const FormRecord* FormSet::Find(std::int64_t project, std::string_view form_id) {
  const Key key(project, form_id);
  if (!known_.contains(key)) {
    wanted_.push_back(key);
    LoadWanted();
  }
  const auto& found = known_.at(key);
  return found ? &*found : nullptr;
}

std::int64_t FormSet::Insert(std::int64_t project, FormRecord form, const PreparedXml& xml,
                             const std::vector<Attachment>& attachments,
                             const blobs::BlobStore& blobs) {
  const sql::Stamp stamp = batch_.Next();
  form.row = stamp.seq;
  form.indexed_on = stamp.at;
  form.xml_md5 = xml.md5;
  form.xml_length = xml.length;
  if (!xml.blob.id.empty()) blobs.Keep(batch_, xml.blob);
  InsertRow(batch_, project, form, xml);
  for (const auto& attachment : attachments) InsertAttachment(batch_, form.row, attachment);
  AppendChange(project, form, stamp);
  known_.insert_or_assign(Key(project, form.form_id), std::move(form));
  return stamp.seq;
}

void FormSet::AppendChange(std::int64_t project, const FormRecord& form, sql::Stamp stamp) {
  changelog::Change change;
  change.seq = stamp.seq;
  change.at = stamp.at;
  change.project = project;
  change.topic = changelog::Topic::kForm;
  change.row = form.row;
  change.document_id = form.form_id;
  change.type = DocTypeOf(form.state, form.deleted_on.has_value());
  change.subtype = form.xmlns;
  change.is_deletion = form.deleted_on.has_value();
  changelog::Append(batch_, change);
}

void FormSet::Replace(std::int64_t project, const FormRecord& old, FormRecord changed,
                      const PreparedXml& xml, const std::vector<Attachment>& attachments,
                      const blobs::BlobStore& blobs) {
  const std::string deprecated_id = NewUuid();
  const std::int64_t deprecated_row = batch_.Next().seq;
  CopyAsDeprecated(batch_, project, old, deprecated_row, deprecated_id, *changed.edited_on);
  const sql::Stamp stamp = batch_.Next();
  changed.indexed_on = stamp.at;
  changed.deprecated_form_id = deprecated_id;
  changed.xml_md5 = xml.md5;
  changed.xml_length = xml.length;
  if (!xml.blob.id.empty()) blobs.Keep(batch_, xml.blob);
  batch_.connection().Execute("DELETE FROM forms WHERE id = $1", {old.row});
  InsertRow(batch_, project, changed, xml);
  for (const auto& attachment : attachments) {
    batch_.connection().Execute("DELETE FROM form_attachments WHERE form = $1 AND name = $2",
                                {old.row, std::string_view(attachment.name)});
    InsertAttachment(batch_, old.row, attachment);
  }
  AppendChange(project, changed, stamp);
  known_.insert_or_assign(Key(project, changed.form_id), std::move(changed));
}

void FormSet::UpdateState(std::int64_t project, FormRecord form) {
  const sql::Stamp stamp = batch_.Next();
  form.indexed_on = stamp.at;
  batch_.connection().Execute(
      "UPDATE forms SET state = $1, problem = $2, is_complete = $3, server_modified_on = $4, "
      "indexed_on = $5, deleted_on = $6, history = $7 WHERE id = $8",
      {static_cast<std::int64_t>(form.state), OptionalParam(form.problem),
       std::int64_t{form.is_complete}, form.server_modified_on.micros, form.indexed_on.micros,
       MicrosOrZero(form.deleted_on), HistoryParam(form), form.row});
  AppendChange(project, form, stamp);
  known_.insert_or_assign(Key(project, form.form_id), std::move(form));
}

void FormSet::Remove(std::int64_t project, const FormRecord& form) {
  batch_.connection().Execute("DELETE FROM form_attachments WHERE form = $1", {form.row});
  batch_.connection().Execute("DELETE FROM forms WHERE id = $1", {form.row});
  known_.insert_or_assign(Key(project, form.form_id), std::nullopt);
}

void FormSet::Rename(std::int64_t project, const FormRecord& form, const std::string& fresh_id) {
  batch_.connection().Execute(
      "UPDATE forms SET form_id = $1, id_hash = $2, orig_id = $3 WHERE id = $4",
      {std::string_view(fresh_id), batch_.database().HashOf(project, fresh_id),
       std::string_view(form.form_id), form.row});
  known_.insert_or_assign(Key(project, form.form_id), std::nullopt);
}

std::optional<FormRecord> FindForm(sql::Connection& connection, const sql::Database& database,
                                   std::int64_t project, std::string_view form_id) {
  static const std::string query =
      SelectForms("id_hash = $1 AND project = $2 AND form_id = $3 ORDER BY id DESC");
  const auto rows = connection.Query(query, {database.HashOf(project, form_id), project, form_id});
  if (!rows->Next()) return std::nullopt;
  return ReadRecord(*rows);
}

std::optional<FormRecord> FindFormByRow(sql::Connection& connection, std::int64_t row) {
  static const std::string query = SelectForms("id = $1");
  const auto rows = connection.Query(query, {row});
  if (!rows->Next()) return std::nullopt;
  return ReadRecord(*rows);
}

sql::Param PackedParam(const PreparedXml& xml) {
  if (!xml.blob.id.empty()) return std::monostate{};
  return sql::Bytes{xml.packed};
}

sql::Param BlobParam(const PreparedXml& xml) {
  if (xml.blob.id.empty()) return std::monostate{};
  return std::string_view(xml.blob.id);
}

std::string UnpackXml(sql::Connection& connection, const blobs::BlobStore& blobs,
                      const PreparedXml& xml) {
  if (xml.blob.id.empty()) return Unpack(xml.packed, xml.length);
  return Unpack(blobs.Read(connection, xml.blob.id), xml.length);
}

std::string ReadXml(sql::Connection& connection, const blobs::BlobStore& blobs, std::int64_t row) {
  PreparedXml stored;
  {
    const auto rows =
        connection.Query("SELECT xml, xml_blob, xml_length FROM forms WHERE id = $1", {row});
    if (!rows->Next()) throw Problem(ProblemKind::kNotFound, "There is no such form.");
    stored.packed = std::string(rows->Blob(0));
    stored.blob.id = rows->String(1);
    stored.length = rows->Int(2);
  }
  return UnpackXml(connection, blobs, stored);
}

std::vector<std::string> BlobsOf(sql::Connection& connection, std::int64_t row) {
  std::vector<std::string> blobs;
  const auto rows = connection.Query(
      "SELECT blob FROM form_attachments WHERE form = $1 UNION "
      "SELECT xml_blob FROM forms WHERE id = $1 AND xml_blob IS NOT NULL",
      {row});
  while (rows->Next()) blobs.push_back(rows->String(0));
  return blobs;
}

std::vector<FormRecord> ListFailed(sql::Connection& connection, std::int64_t project,
                                   std::int64_t before, int limit) {
  static const std::string query = SelectForms(
      "project = $1 AND id < $2 AND (state = 16 OR state = 32) ORDER BY id DESC LIMIT $3");
  std::vector<FormRecord> failed;
  const auto end = before == 0 ? std::numeric_limits<std::int64_t>::max() : before;
  const auto rows = connection.Query(query, {project, end, std::int64_t{limit}});
  while (rows->Next()) failed.push_back(ReadRecord(*rows));
  return failed;
}

std::vector<Attachment> ListAttachments(sql::Connection& connection, std::int64_t row) {
  std::vector<Attachment> attachments;
  const auto rows = connection.Query(
      "SELECT name, content_type, length, blob FROM form_attachments WHERE form = $1 ORDER BY name",
      {row});
  while (rows->Next()) {
    attachments.push_back({rows->String(0), rows->String(1), rows->Int(2), rows->String(3)});
  }
  return attachments;
}

}  // namespace outpost::forms
