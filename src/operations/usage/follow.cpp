#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <tuple>

#include "domain/forms/form_record.h"
#include "operations/usage/usage.h"
#include "store/blobs/blobs.h"
#include "store/changelog/changelog.h"

namespace outpost::usage {
namespace {

constexpr std::string_view kReader = "usage";

struct AppDelta {
  std::int64_t forms = 0;
  std::int64_t first_at = 0, last_at = 0;
};

/// What a run of changes adds to the tables.
struct Slice {
  std::int64_t from = 0, to = 0;
  std::map<std::tuple<int, std::int64_t, std::string_view>, std::int64_t> figures;
  std::set<std::tuple<int, std::int64_t, std::string, std::string>> workers;
  std::map<std::pair<std::int64_t, std::string>, AppDelta> apps;

  void Add(int month, std::int64_t project, std::string_view figure, std::int64_t value) {
    if (value != 0) figures[{month, project, figure}] += value;
  }
};

using changelog::Change;

/// Columns: state, user_id, app_id, received_on, packed length, whether it lies in a file.
constexpr const char* kForm =
    "SELECT state, user_id, app_id, received_on, "
    "COALESCE(LENGTH(xml), (SELECT length FROM blobs WHERE blobs.id = forms.xml_blob)), "
    "CASE WHEN xml IS NULL THEN 1 ELSE 0 END FROM forms WHERE id = $1";

void CountForm(Slice& slice, std::int64_t project, const sql::Rows& row) {
  const auto state = static_cast<forms::FormState>(row.Int(0));
  if (state == forms::FormState::kDeprecated || state == forms::FormState::kDuplicate) return;
  const std::int64_t received = row.Int(3);
  const int month = MonthOf({received});
  slice.Add(month, project, "forms", 1);
  slice.Add(month, project, "form_bytes", row.Int(4));
  if (row.Int(5) != 0) slice.Add(month, project, "file_bytes", row.Int(4));
  if (!row.IsNull(1)) slice.workers.emplace(month, project, row.String(1), row.String(2));
  auto& app = slice.apps[{project, row.String(2)}];
  if (app.forms == 0) app.first_at = app.last_at = received;
  app.first_at = std::min(app.first_at, received);
  app.last_at = std::max(app.last_at, received);
  ++app.forms;
}

void CountForms(sql::Connection& reader, const std::vector<const Change*>& created, Slice& slice) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(created.size());
  for (const auto* change : created) sets.push_back({change->row});
  std::vector<int> months(created.size(), 0);
  reader.QueryEach(kForm, sets, [&](std::size_t index, const sql::Rows& row) {
    months[index] = MonthOf({row.Int(3)});
    CountForm(slice, created[index]->project, row);
  });
  reader.QueryEach("SELECT length FROM form_attachments WHERE form = $1", sets,
                   [&](std::size_t index, const sql::Rows& row) {
                     const auto project = created[index]->project;
                     const auto length = row.Int(0);
                     slice.Add(months[index], project, "attachments", 1);
                     slice.Add(months[index], project, "attachment_bytes", length);
                     if (length > static_cast<std::int64_t>(blobs::kInDatabaseBytesMax)) {
                       slice.Add(months[index], project, "file_bytes", length);
                     }
                   });
}

/// A case counts in the month in which its form was received, which for what a migration brings may
/// be years ago.
void CountCases(sql::Connection& reader, const std::vector<const Change*>& changed, Slice& slice) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(changed.size());
  for (const auto* change : changed) sets.push_back({change->row, change->seq});
  reader.QueryEach("SELECT server_date FROM case_transactions WHERE case_row = $1 AND seq = $2",
                   sets, [&](std::size_t index, const sql::Rows& row) {
                     const auto* change = changed[index];
                     slice.Add(MonthOf({row.Int(0)}), change->project,
                               change->row == change->seq ? "new_cases" : "case_changes", 1);
                   });
}

Slice ReadSlice(sql::Connection& reader, std::int64_t from) {
  Slice slice;
  slice.from = slice.to = from;
  const auto changes = changelog::ReadAfter(reader, from, kSliceChanges);
  std::vector<const Change*> created_forms, cases;
  for (const auto& change : changes) {
    slice.to = change.seq;
    // A document is created by the change whose position became its row id.
    const bool is_new = change.row == change.seq;
    if (change.topic == changelog::Topic::kForm && is_new) created_forms.push_back(&change);
    if (change.topic == changelog::Topic::kCase) cases.push_back(&change);
  }
  CountForms(reader, created_forms, slice);
  CountCases(reader, cases, slice);
  return slice;
}

void WriteSlice(sql::Batch& batch, const Slice& slice) {
  auto& connection = batch.connection();
  // Another process on the same database may have counted these in the meantime.
  if (changelog::ReadCursor(connection, kReader) != slice.from) return;
  for (const auto& [key, value] : slice.figures) {
    const auto& [month, project, figure] = key;
    connection.Execute(
        "INSERT INTO usage_months (month, project, figure, value) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (month, project, figure) DO UPDATE SET "
        "value = usage_months.value + excluded.value",
        {month, project, figure, value});
  }
  for (const auto& [month, project, user, app] : slice.workers) {
    connection.Execute(
        "INSERT INTO usage_workers (month, project, user_id, app_id) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (month, project, user_id, app_id) DO NOTHING",
        {month, project, std::string_view(user), std::string_view(app)});
  }
  for (const auto& [key, delta] : slice.apps) {
    connection.Execute(
        "INSERT INTO usage_apps (project, app_id, forms, first_at, last_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (project, app_id) DO UPDATE SET "
        "forms = usage_apps.forms + excluded.forms, "
        "first_at = CASE WHEN excluded.first_at < usage_apps.first_at THEN excluded.first_at "
        "ELSE usage_apps.first_at END, "
        "last_at = CASE WHEN excluded.last_at > usage_apps.last_at THEN excluded.last_at "
        "ELSE usage_apps.last_at END",
        {key.first, std::string_view(key.second), delta.forms, delta.first_at, delta.last_at});
  }
  changelog::MoveCursor(batch, kReader, slice.to);
}

}  // namespace

int MonthOf(Instant at) {
  using namespace std::chrono;
  const auto day = floor<days>(sys_time<microseconds>(microseconds(at.micros)));
  const year_month_day date(day);
  return static_cast<int>(date.year()) * 12 + static_cast<int>(unsigned{date.month()}) - 1;
}

void UsageKeeper::CatchUp(const GoOn& go_on) {
  const std::lock_guard lock(mutex_);
  const auto goal = writer_.committed_seq();
  while (go_on()) {
    Slice slice;
    {
      const auto reader = database_.Read();
      const auto cursor = changelog::ReadCursor(*reader, kReader);
      if (cursor >= goal) return;
      slice = ReadSlice(*reader, cursor);
    }
    if (slice.to == slice.from) return;
    writer_.Run(0, [&](sql::Batch& batch) { WriteSlice(batch, slice); });
  }
}

}  // namespace outpost::usage
