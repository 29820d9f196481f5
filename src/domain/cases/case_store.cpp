#include "domain/cases/case_store.h"

#include <algorithm>
#include <set>

#include "base/problem.h"
#include "domain/forms/form_xml.h"
#include "store/changelog/changelog.h"

namespace outpost::cases {
namespace {

constexpr const char* kSelectCase =
    "SELECT id, case_id, type, name, owner_id, external_id, location_id, opened_on, opened_by, "
    "modified_on, modified_by, server_modified_on, indexed_on, is_closed, closed_on, closed_by, "
    "is_deleted, deleted_on, properties, attachments FROM cases "
    "WHERE id_hash = $1 AND project = $2 AND case_id = $3";
constexpr const char* kSelectCaseByRow =
    "SELECT id, case_id, type, name, owner_id, external_id, location_id, opened_on, opened_by, "
    "modified_on, modified_by, server_modified_on, indexed_on, is_closed, closed_on, closed_by, "
    "is_deleted, deleted_on, properties, attachments FROM cases WHERE id = $1 AND project = $2";

constexpr const char* kSelectIndices =
    "SELECT identifier, referenced_id, referenced_type, relationship FROM case_indices "
    "WHERE case_row = $1 ORDER BY identifier";

// "<> ''" lets both engines use the index, which has only such rows.
constexpr const char* kSelectByExternalId =
    "SELECT case_id FROM cases WHERE project = $1 AND external_id = $2 AND external_id <> '' "
    "AND is_deleted = 0 ORDER BY id";

std::optional<Instant> InstantOrNone(const sql::Rows& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return Instant{row.Int(column)};
}

sql::Param OptionalParam(const std::optional<Instant>& at) {
  if (!at) return std::monostate{};
  return at->micros;
}

sql::Param OptionalParam(const std::optional<std::string>& text) {
  if (!text) return std::monostate{};
  return std::string_view(*text);
}

Case ReadCase(const sql::Rows& row) {
  Case c;
  c.row = row.Int(0);
  c.case_id = row.String(1);
  c.type = row.String(2);
  c.name = row.String(3);
  c.owner_id = row.String(4);
  c.external_id = row.String(5);
  if (!row.IsNull(6)) c.location_id = row.String(6);
  c.opened_on = InstantOrNone(row, 7);
  c.opened_by = row.String(8);
  c.modified_on = InstantOrNone(row, 9);
  c.modified_by = row.String(10);
  c.server_modified_on = {row.Int(11)};
  c.indexed_on = {row.Int(12)};
  c.is_closed = row.Int(13) != 0;
  c.closed_on = InstantOrNone(row, 14);
  c.closed_by = row.String(15);
  c.is_deleted = row.Int(16) != 0;
  if (row.Int(17) != 0) c.deleted_on = Instant{row.Int(17)};
  c.properties = ParseProperties(row.Text(18));
  c.attachments = ParseAttachments(row.Text(19));
  return c;
}

Index ReadIndex(const sql::Rows& row) {
  return {row.String(0), row.String(1), row.String(2), row.String(3)};
}

/// The same index in every part, not only its identifier.
bool Holds(const Indices& indices, const Index& wanted) {
  const auto at = indices.find(wanted);
  return at != indices.end() && *at == wanted;
}

}  // namespace

void CaseSet::Want(std::int64_t project, std::string_view case_id) {
  wanted_.emplace_back(project, case_id);
}

const Case* CaseSet::Find(std::int64_t project, std::string_view case_id) {
  const Key key(project, case_id);
  if (!known_.contains(key)) {
    wanted_.push_back(key);
    LoadWanted();
  }
  const Entry& entry = known_.at(key);
  return entry.value ? &*entry.value : nullptr;
}

void CaseSet::LoadWanted() {
  std::vector<const Key*> keys;
  for (auto& key : wanted_) {
    const auto [at, is_new] = known_.try_emplace(std::move(key));
    if (is_new) keys.push_back(&at->first);
  }
  wanted_.clear();
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(keys.size());
  for (const Key* key : keys) {
    sets.push_back({batch_.database().HashOf(key->first, key->second), key->first,
                    std::string_view(key->second)});
  }
  std::vector<Entry*> loaded;
  batch_.connection().QueryEach(kSelectCase, sets, [&](std::size_t index, const sql::Rows& row) {
    Entry& entry = known_.at(*keys[index]);
    entry.value = ReadCase(row);
    entry.is_stored = true;
    loaded.push_back(&entry);
  });
  LoadIndices(loaded);
}

void CaseSet::LoadIndices(const std::vector<Entry*>& loaded) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(loaded.size());
  for (const Entry* entry : loaded) sets.push_back({entry->value->row});
  batch_.connection().QueryEach(kSelectIndices, sets, [&](std::size_t index, const sql::Rows& row) {
    loaded[index]->value->indices.insert(ReadIndex(row));
  });
  for (Entry* entry : loaded) entry->stored = StandingOf(*entry->value);
}

void CaseSet::Put(std::int64_t project, Case changed, Transaction transaction) {
  const sql::Stamp stamp = batch_.Next();
  if (changed.row == 0) changed.row = stamp.seq;
  transaction.seq = stamp.seq;
  batch_.connection().Execute(
      "INSERT INTO case_transactions (case_row, seq, form_row, type, server_date, client_date, "
      "sync_log_id, is_revoked, details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {changed.row, transaction.seq, transaction.form_row, transaction.type,
       transaction.server_date.micros, OptionalParam(transaction.client_date),
       OptionalParam(transaction.sync_log_id), std::int64_t{transaction.is_revoked},
       transaction.details.empty() ? sql::Param{}
                                   : sql::Param{std::string_view(transaction.details)}});
  Keep(project, std::move(changed), stamp);
}

void CaseSet::PutAlone(std::int64_t project, Case changed) {
  const sql::Stamp stamp = batch_.Next();
  if (changed.row == 0) changed.row = stamp.seq;
  Keep(project, std::move(changed), stamp);
}

void CaseSet::Keep(std::int64_t project, Case changed, sql::Stamp stamp) {
  changed.indexed_on = stamp.at;
  changelog::Change change;
  change.seq = stamp.seq;
  change.at = stamp.at;
  change.project = project;
  change.topic = changelog::Topic::kCase;
  change.row = changed.row;
  change.document_id = changed.case_id;
  change.type = changed.is_deleted ? "CommCareCase-Deleted" : "CommCareCase";
  change.subtype = changed.type;
  change.is_deletion = changed.is_deleted;
  changelog::Append(batch_, change);
  Entry& entry = known_[Key(project, changed.case_id)];
  entry.value = std::move(changed);
  if (!entry.is_changed) changed_.emplace_back(project, &entry);
  entry.is_changed = true;
}

void CaseSet::Flush(sql::Batch&) {
  for (auto& [project, entry] : changed_) {
    WriteCase(project, *entry->value, entry->is_stored);
    WriteIndices(project, *entry);
    marks_.Note(project, entry->stored, *entry->value);
    entry->is_stored = true;
    entry->is_changed = false;
    entry->stored = StandingOf(*entry->value);
  }
  changed_.clear();
  WriteMarks();
}

void CaseSet::WriteMarks() {
  for (const auto& [key, at] : marks_.hosts()) {
    const Case* host = Find(key.first, key.second);
    if (host != nullptr) marks_.NoteOwner(key.first, host->owner_id, at);
  }
  marks_.Write(batch_);
}

void CaseSet::Remove(std::int64_t project, std::string_view case_id) {
  const Case* found = Find(project, case_id);
  if (found == nullptr) return;
  Flush(batch_);
  for (const char* sql :
       {"DELETE FROM case_indices WHERE case_row = $1",
        "DELETE FROM case_transactions WHERE case_row = $1", "DELETE FROM cases WHERE id = $1"}) {
    batch_.connection().Execute(sql, {found->row});
  }
  known_.at(Key(project, case_id)) = {};
}

std::vector<std::string> CaseSet::OpenExtensionsOf(std::int64_t project, std::string_view host_id) {
  Flush(batch_);
  std::vector<std::string> ids;
  const auto rows = batch_.connection().Query(
      "SELECT c.case_id FROM case_indices i JOIN cases c ON c.id = i.case_row "
      "WHERE i.referenced_hash = $1 AND i.referenced_id = $2 AND i.relationship = 'extension' "
      "AND c.project = $3 AND c.is_closed = 0 AND c.is_deleted = 0 ORDER BY c.case_id",
      {batch_.database().HashOf(project, host_id), host_id, project});
  while (rows->Next()) ids.push_back(rows->String(0));
  return ids;
}

std::vector<std::string> CaseSet::IdsWithExternalId(std::int64_t project,
                                                    const std::string& external_id) {
  const auto stored = cases::IdsWithExternalId(batch_.connection(), project, external_id);
  const auto wanted = forms::NormaliseText(external_id);
  if (wanted.empty()) return {};
  std::set<std::string> ids(stored.begin(), stored.end());
  for (const auto& [owner, entry] : changed_) {
    if (owner != project) continue;
    const Case& c = *entry->value;
    if (c.external_id == wanted && !c.is_deleted) {
      ids.insert(c.case_id);
    } else {
      ids.erase(c.case_id);
    }
  }
  return {ids.begin(), ids.end()};
}

void SetRevoked(sql::Batch& batch, std::int64_t case_row, std::int64_t form_row, bool is_revoked) {
  batch.connection().Execute(
      "UPDATE case_transactions SET is_revoked = $1 WHERE case_row = $2 AND form_row = $3",
      {std::int64_t{is_revoked}, case_row, form_row});
}

void CaseSet::WriteCase(std::int64_t project, const Case& c, bool is_stored) {
  const std::string properties = RenderProperties(c);
  const std::string attachments = RenderAttachments(c);
  const auto files = attachments.empty() ? sql::Param{} : sql::Param{std::string_view(attachments)};
  const sql::Param location = OptionalParam(c.location_id);
  if (is_stored) {
    batch_.connection().Execute(
        "UPDATE cases SET type = $1, name = $2, owner_id = $3, external_id = $4, "
        "location_id = $5, opened_on = $6, opened_by = $7, modified_on = $8, modified_by = $9, "
        "server_modified_on = $10, indexed_on = $11, is_closed = $12, closed_on = $13, "
        "closed_by = $14, is_deleted = $15, deleted_on = $16, properties = $17, attachments = $18 "
        "WHERE id = $19",
        {std::string_view(c.type), std::string_view(c.name), std::string_view(c.owner_id),
         std::string_view(c.external_id), location, OptionalParam(c.opened_on),
         std::string_view(c.opened_by), OptionalParam(c.modified_on),
         std::string_view(c.modified_by), c.server_modified_on.micros, c.indexed_on.micros,
         std::int64_t{c.is_closed}, OptionalParam(c.closed_on), std::string_view(c.closed_by),
         std::int64_t{c.is_deleted}, c.deleted_on ? c.deleted_on->micros : 0,
         std::string_view(properties), files, c.row});
    return;
  }
  batch_.connection().Execute(
      "INSERT INTO cases (id, project, case_id, id_hash, type, name, owner_id, external_id, "
      "location_id, opened_on, opened_by, modified_on, modified_by, server_modified_on, "
      "indexed_on, is_closed, closed_on, closed_by, is_deleted, deleted_on, properties, "
      "attachments) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
      "$20, $21, $22)",
      {c.row,
       project,
       std::string_view(c.case_id),
       batch_.database().HashOf(project, c.case_id),
       std::string_view(c.type),
       std::string_view(c.name),
       std::string_view(c.owner_id),
       std::string_view(c.external_id),
       location,
       OptionalParam(c.opened_on),
       std::string_view(c.opened_by),
       OptionalParam(c.modified_on),
       std::string_view(c.modified_by),
       c.server_modified_on.micros,
       c.indexed_on.micros,
       std::int64_t{c.is_closed},
       OptionalParam(c.closed_on),
       std::string_view(c.closed_by),
       std::int64_t{c.is_deleted},
       c.deleted_on ? c.deleted_on->micros : 0,
       std::string_view(properties),
       files});
}

void CaseSet::WriteIndices(std::int64_t project, Entry& entry) {
  const Case& c = *entry.value;
  if (c.indices == entry.stored.indices) return;
  for (const auto& old : entry.stored.indices) {
    if (Holds(c.indices, old)) continue;
    batch_.connection().Execute("DELETE FROM case_indices WHERE case_row = $1 AND identifier = $2",
                                {c.row, std::string_view(old.identifier)});
  }
  for (const auto& index : c.indices) {
    if (Holds(entry.stored.indices, index)) continue;
    batch_.connection().Execute(
        "INSERT INTO case_indices (case_row, identifier, referenced_id, referenced_hash, "
        "referenced_type, relationship) VALUES ($1, $2, $3, $4, $5, $6)",
        {c.row, std::string_view(index.identifier), std::string_view(index.referenced_id),
         batch_.database().HashOf(project, index.referenced_id),
         std::string_view(index.referenced_type), std::string_view(index.relationship)});
  }
}

namespace {

std::optional<Case> ReadWhole(sql::Connection& connection, const char* select, sql::Params params) {
  std::optional<Case> found;
  {
    const auto rows = connection.Query(select, params);
    if (!rows->Next()) return std::nullopt;
    found = ReadCase(*rows);
  }
  const auto rows = connection.Query(kSelectIndices, {found->row});
  while (rows->Next()) found->indices.insert(ReadIndex(*rows));
  return found;
}

}  // namespace

std::optional<Case> FindCase(sql::Connection& connection, const sql::Database& database,
                             std::int64_t project, std::string_view case_id) {
  return ReadWhole(connection, kSelectCase, {database.HashOf(project, case_id), project, case_id});
}

std::optional<Case> FindCaseByRow(sql::Connection& connection, std::int64_t project,
                                  std::int64_t row) {
  return ReadWhole(connection, kSelectCaseByRow, {row, project});
}

std::vector<std::optional<Case>> FindCases(sql::Connection& connection,
                                           const sql::Database& database, std::int64_t project,
                                           std::span<const std::string> case_ids) {
  std::vector<std::optional<Case>> found(case_ids.size());
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(case_ids.size());
  for (const auto& id : case_ids) {
    sets.push_back({database.HashOf(project, id), project, std::string_view(id)});
  }
  std::vector<Case*> loaded;
  connection.QueryEach(kSelectCase, sets, [&](std::size_t index, const sql::Rows& row) {
    found[index] = ReadCase(row);
    loaded.push_back(&*found[index]);
  });
  sets.clear();
  for (const Case* c : loaded) sets.push_back({c->row});
  connection.QueryEach(kSelectIndices, sets, [&](std::size_t index, const sql::Rows& row) {
    loaded[index]->indices.insert(ReadIndex(row));
  });
  return found;
}

bool IsThere(sql::Connection& connection, const sql::Database& database, std::int64_t project,
             std::string_view case_id) {
  return connection
      .Query(
          "SELECT 1 FROM cases WHERE id_hash = $1 AND project = $2 AND case_id = $3 "
          "AND is_deleted = 0",
          {database.HashOf(project, case_id), project, case_id})
      ->Next();
}

std::vector<std::string> IdsWithExternalId(sql::Connection& connection, std::int64_t project,
                                           const std::string& external_id) {
  return std::move(IdsWithExternalIds(connection, project, {&external_id, 1}).front());
}

std::vector<std::vector<std::string>> IdsWithExternalIds(
    sql::Connection& connection, std::int64_t project, std::span<const std::string> external_ids) {
  std::vector<std::string> stored_as;
  stored_as.reserve(external_ids.size());
  for (const auto& id : external_ids) stored_as.push_back(forms::NormaliseText(id));
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(external_ids.size());
  for (const auto& id : stored_as) sets.push_back({project, std::string_view(id)});
  std::vector<std::vector<std::string>> ids(external_ids.size());
  connection.QueryEach(kSelectByExternalId, sets, [&](std::size_t index, const sql::Rows& row) {
    ids[index].push_back(row.String(0));
  });
  return ids;
}

std::vector<Transaction> ListTransactions(sql::Connection& connection, std::int64_t case_row) {
  std::vector<Transaction> transactions;
  const auto rows = connection.Query(
      "SELECT seq, form_row, type, server_date, client_date, sync_log_id, is_revoked, details "
      "FROM case_transactions WHERE case_row = $1 ORDER BY seq",
      {case_row});
  while (rows->Next()) {
    Transaction t;
    t.seq = rows->Int(0);
    t.form_row = rows->Int(1);
    t.type = rows->Int(2);
    t.server_date = {rows->Int(3)};
    t.client_date = InstantOrNone(*rows, 4);
    if (!rows->IsNull(5)) t.sync_log_id = rows->String(5);
    t.is_revoked = rows->Int(6) != 0;
    t.details = rows->String(7);
    transactions.push_back(std::move(t));
  }
  return transactions;
}

std::vector<std::string> FormIdsOf(sql::Connection& connection,
                                   const std::vector<Transaction>& transactions) {
  std::vector<std::string> ids(transactions.size());
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(transactions.size());
  for (const auto& transaction : transactions) sets.push_back({transaction.form_row});
  connection.QueryEach(
      "SELECT form_id FROM forms WHERE id = $1", sets,
      [&](std::size_t index, const sql::Rows& row) { ids[index] = row.String(0); });
  return ids;
}

}  // namespace outpost::cases
