#include "operations/tracker/sql_store.h"

#include <fmt/format.h>

#include "base/problem.h"

namespace outpost::operations {
namespace {

using transition::AuditEntry;
using transition::Tracker;

using Records = std::map<std::string, std::string>;

Records ReadRecords(sql::Connection& connection) {
  Records records;
  const auto rows = connection.Query("SELECT item, record FROM transition_records");
  while (rows->Next()) records[rows->String(0)] = rows->String(1);
  return records;
}

Tracker ReadTracker(sql::Connection& connection, const Records& records) {
  Tracker tracker;
  for (const auto& [id, record] : records) {
    tracker.records[id] = transition::ReadRecord(id, record);
  }
  const auto rows =
      connection.Query("SELECT section FROM transition_sections_off ORDER BY section");
  while (rows->Next()) tracker.sections_off.push_back(rows->String(0));
  return tracker;
}

std::vector<AuditEntry> ReadTrail(sql::Connection& connection, std::string_view which) {
  std::vector<AuditEntry> trail;
  const auto rows =
      connection.Query("SELECT at, who, what, item, detail, previous, hash FROM transition_audit " +
                       std::string(which));
  while (rows->Next()) {
    trail.push_back({{rows->Int(0)},
                     rows->String(1),
                     rows->String(2),
                     rows->String(3),
                     rows->String(4),
                     rows->String(5),
                     rows->String(6)});
  }
  return trail;
}

std::int64_t LastEntryId(sql::Connection& connection) {
  const auto rows = connection.Query("SELECT MAX(id) FROM transition_audit");
  return rows->Next() ? rows->Int(0) : 0;
}

void WriteRecords(sql::Connection& connection, const Tracker& tracker, const Records& before) {
  for (const auto& [id, record] : tracker.records) {
    const auto text = transition::WriteRecord(record);
    const auto old = before.find(id);
    if (old != before.end() && old->second == text) continue;
    connection.Execute(
        "INSERT INTO transition_records (item, record) VALUES ($1, $2) "
        "ON CONFLICT (item) DO UPDATE SET record = excluded.record",
        {std::string_view(id), std::string_view(text)});
  }
}

void WriteSections(sql::Connection& connection, const std::vector<std::string>& sections) {
  connection.Execute("DELETE FROM transition_sections_off");
  for (const auto& section : sections) {
    connection.Execute("INSERT INTO transition_sections_off (section) VALUES ($1)",
                       {std::string_view(section)});
  }
}

void AppendTrail(sql::Connection& connection, std::int64_t id,
                 std::span<const AuditEntry> entries) {
  for (const auto& entry : entries) {
    connection.Execute(
        "INSERT INTO transition_audit (id, at, who, what, item, detail, previous, hash) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        {++id, entry.at.micros, std::string_view(entry.who), std::string_view(entry.what),
         std::string_view(entry.id), std::string_view(entry.detail),
         std::string_view(entry.previous), std::string_view(entry.hash)});
  }
}

}  // namespace

Tracker SqlCheckpointStore::Load() const {
  const auto reader = database_.Read();
  auto tracker = ReadTracker(*reader, ReadRecords(*reader));
  tracker.audit = ReadTrail(*reader, "ORDER BY id");
  if (const auto broken = transition::FirstBroken(tracker.audit)) {
    throw Problem(
        ProblemKind::kMalformed,
        fmt::format("The audit trail in the database was changed at entry {}.", *broken + 1));
  }
  return tracker;
}

void SqlCheckpointStore::Update(const std::function<void(Tracker&)>& change) {
  writer_.Run(0, [&](sql::Batch& batch) {
    auto& connection = batch.connection();
    const auto before = ReadRecords(connection);
    auto tracker = ReadTracker(connection, before);
    tracker.audit = ReadTrail(connection, "ORDER BY id DESC LIMIT 1");
    const auto known = tracker.audit.size();
    const auto sections = tracker.sections_off;
    const auto last = LastEntryId(connection);
    change(tracker);
    WriteRecords(connection, tracker, before);
    if (tracker.sections_off != sections) WriteSections(connection, tracker.sections_off);
    AppendTrail(connection, last, std::span(tracker.audit).subspan(known));
  });
}

}  // namespace outpost::operations
