#include "domain/ledgers/ledger_store.h"

#include <algorithm>

#include "format/json/writer.h"
#include "store/changelog/changelog.h"

namespace outpost::ledgers {
namespace {

constexpr const char* kSelectBalance =
    "SELECT balance FROM ledgers WHERE case_row = $1 AND section_id = $2 AND entry_id = $3";

void AppendChange(sql::Batch& batch, std::int64_t project, const Place& place, sql::Stamp stamp,
                  bool is_deletion) {
  changelog::Change change;
  change.seq = stamp.seq;
  change.at = stamp.at;
  change.project = project;
  change.topic = changelog::Topic::kLedger;
  change.row = place.case_row;
  change.document_id = place.key.DocumentId();
  change.type = "ledger";
  change.is_deletion = is_deletion;
  changelog::Append(batch, change);
}

void InsertTransaction(sql::Batch& batch, const Place& place, const Transaction& line) {
  batch.connection().Execute(
      "INSERT INTO ledger_transactions (case_row, section_id, entry_id, form_row, step, kind, "
      "server_date, report_date, user_type, delta, updated_balance) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      {place.case_row, std::string_view(place.key.section_id), std::string_view(place.key.entry_id),
       line.form_row, line.step, static_cast<std::int64_t>(line.kind), line.server_date.micros,
       line.report_date.micros, std::string_view(line.user_type), line.delta,
       line.updated_balance});
}

void UpdateTransaction(sql::Batch& batch, const Place& place, const Transaction& line) {
  batch.connection().Execute(
      "UPDATE ledger_transactions SET delta = $1, updated_balance = $2 WHERE case_row = $3 AND "
      "section_id = $4 AND entry_id = $5 AND form_row = $6 AND step = $7",
      {line.delta, line.updated_balance, place.case_row, std::string_view(place.key.section_id),
       std::string_view(place.key.entry_id), line.form_row, line.step});
}

void PutValue(sql::Batch& batch, const Place& place, std::int64_t balance, Instant modified_on,
              std::int64_t form_row) {
  batch.connection().Execute(
      "INSERT INTO ledgers (case_row, section_id, entry_id, balance, last_modified, "
      "last_form_row) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (case_row, section_id, entry_id) "
      "DO UPDATE SET balance = excluded.balance, last_modified = excluded.last_modified, "
      "last_form_row = excluded.last_form_row",
      {place.case_row, std::string_view(place.key.section_id), std::string_view(place.key.entry_id),
       balance, modified_on.micros, form_row});
}

void RemoveValue(sql::Batch& batch, const Place& place) {
  batch.connection().Execute(
      "DELETE FROM ledgers WHERE case_row = $1 AND section_id = $2 AND entry_id = $3",
      {place.case_row, std::string_view(place.key.section_id),
       std::string_view(place.key.entry_id)});
}

void RemoveForm(sql::Batch& batch, const Place& place, std::int64_t form_row) {
  batch.connection().Execute(
      "DELETE FROM ledger_transactions WHERE case_row = $1 AND section_id = $2 AND entry_id = $3 "
      "AND form_row = $4",
      {place.case_row, std::string_view(place.key.section_id), std::string_view(place.key.entry_id),
       form_row});
}

bool IsSameLine(const Transaction& a, const Transaction& b) {
  return a.delta == b.delta && a.updated_balance == b.updated_balance;
}

}  // namespace

std::vector<std::optional<std::int64_t>> ReadBalances(sql::Connection& connection,
                                                      const std::vector<Place>& places) {
  std::vector<std::optional<std::int64_t>> balances(places.size());
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(places.size());
  for (const auto& place : places) {
    sets.push_back({place.case_row, std::string_view(place.key.section_id),
                    std::string_view(place.key.entry_id)});
  }
  connection.QueryEach(kSelectBalance, sets, [&](std::size_t index, const sql::Rows& row) {
    balances[index] = row.Int(0);
  });
  return balances;
}

void Append(sql::Batch& batch, std::int64_t project, const Place& place,
            const std::vector<Transaction>& transactions, Instant modified_on) {
  if (transactions.empty()) return;
  for (const auto& line : transactions) InsertTransaction(batch, place, line);
  const auto& last = transactions.back();
  PutValue(batch, place, last.updated_balance, modified_on, last.form_row);
  AppendChange(batch, project, place, batch.Next(), false);
}

void Revise(sql::Batch& batch, std::int64_t project, const Place& place, const Revision& revision) {
  auto history = ListTransactions(batch.connection(), place);
  const bool has_value = ReadBalances(batch.connection(), {place}).front().has_value();
  if (history.empty() && !has_value && revision.added.empty()) return;
  const auto is_of_form = [&](const Transaction& line) {
    return line.form_row == revision.form_row;
  };
  if (std::erase_if(history, is_of_form) > 0) RemoveForm(batch, place, revision.form_row);
  history.insert(history.end(), revision.added.begin(), revision.added.end());
  SortByReportDate(history);
  const auto before = history;
  const std::int64_t balance = Replay(history);
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (is_of_form(history[i])) {
      InsertTransaction(batch, place, history[i]);
    } else if (!IsSameLine(before[i], history[i])) {
      UpdateTransaction(batch, place, history[i]);
    }
  }
  const bool is_gone = history.empty() && !revision.keeps_empty_value;
  if (is_gone) {
    RemoveValue(batch, place);
  } else {
    const auto last_form_row = history.empty() ? revision.form_row : history.back().form_row;
    PutValue(batch, place, balance, batch.now(), last_form_row);
  }
  AppendChange(batch, project, place, batch.Next(), is_gone);
}

std::vector<Value> ListValues(sql::Connection& connection, std::int64_t case_row,
                              std::string_view case_id) {
  std::vector<Value> values;
  const auto rows = connection.Query(
      "SELECT section_id, entry_id, balance, last_modified, last_form_row FROM ledgers "
      "WHERE case_row = $1 ORDER BY section_id, entry_id",
      {case_row});
  while (rows->Next()) {
    values.push_back({{std::string(case_id), rows->String(0), rows->String(1)},
                      rows->Int(2),
                      {rows->Int(3)},
                      rows->Int(4)});
  }
  return values;
}

std::vector<Transaction> ListTransactions(sql::Connection& connection, const Place& place) {
  std::vector<Transaction> history;
  const auto rows = connection.Query(
      "SELECT form_row, step, kind, server_date, report_date, user_type, delta, "
      "updated_balance FROM ledger_transactions WHERE case_row = $1 AND section_id = $2 AND "
      "entry_id = $3 ORDER BY report_date, form_row, step",
      {place.case_row, std::string_view(place.key.section_id),
       std::string_view(place.key.entry_id)});
  while (rows->Next()) {
    Transaction line;
    line.form_row = rows->Int(0);
    line.step = rows->Int(1);
    line.kind = static_cast<Kind>(rows->Int(2));
    line.server_date = {rows->Int(3)};
    line.report_date = {rows->Int(4)};
    line.user_type = rows->String(5);
    line.delta = rows->Int(6);
    line.updated_balance = rows->Int(7);
    history.push_back(std::move(line));
  }
  return history;
}

std::string RenderLedger(const Value& value, std::string_view project,
                         std::string_view last_form_id,
                         const std::optional<std::string>& location_id) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("_id", value.key.DocumentId());
  out.Member("domain", project);
  out.Member("case_id", value.key.case_id);
  out.Member("section_id", value.key.section_id);
  out.Member("entry_id", value.key.entry_id);
  out.Member("balance", value.balance);
  out.Member("last_modified", FormatT6(value.last_modified));
  out.Key("last_modified_form_id");
  if (last_form_id.empty()) {
    out.Null();
  } else {
    out.String(last_form_id);
  }
  out.Key("daily_consumption");
  out.Null();
  if (location_id) out.Member("location_id", *location_id);
  out.EndObject();
  return text;
}

}  // namespace outpost::ledgers
