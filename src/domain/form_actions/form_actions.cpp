#include "domain/form_actions/form_actions.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/ids.h"
#include "base/problem.h"

namespace outpost::form_actions {
namespace {

constexpr std::array kKinds = {
    std::pair{Kind::kArchive, std::string_view("archive")},
    std::pair{Kind::kUnarchive, std::string_view("unarchive")},
    std::pair{Kind::kDelete, std::string_view("delete")},
    std::pair{Kind::kReprocess, std::string_view("reprocess")},
};

/// As stored in form_action_forms.reason of a form that nothing was done to yet.
constexpr const char* kDue = "due";

#define OUTPOST_ACTION_COLUMNS                                                         \
  "id, action_id, project, kind, username, user_id, requested, processed, succeeded, " \
  "created_on, started_on, completed_on"

std::optional<Instant> TimeOf(const sql::Rows& rows, int column) {
  return rows.IsNull(column) ? std::nullopt : std::optional(Instant{rows.Int(column)});
}

Action ActionFromRow(const sql::Rows& rows) {
  Action action;
  action.row = rows.Int(0);
  action.action_id = rows.Text(1);
  action.project = rows.Int(2);
  action.kind = KindOf(rows.Text(3)).value_or(Kind::kArchive);
  action.username = rows.Text(4);
  action.user_id = rows.Text(5);
  action.requested = rows.Int(6);
  action.processed = rows.Int(7);
  action.succeeded = rows.Int(8);
  action.created_on = {rows.Int(9)};
  action.started_on = TimeOf(rows, 10);
  action.completed_on = TimeOf(rows, 11);
  action.status = action.completed_on ? Status::kComplete
                  : action.started_on ? Status::kRunning
                                      : Status::kPending;
  return action;
}

std::vector<std::string> WithoutRepeats(const std::vector<std::string>& ids) {
  std::vector<std::string> once;
  std::set<std::string_view> seen;
  for (const auto& id : ids) {
    if (seen.insert(id).second) once.push_back(id);
  }
  return once;
}

void RequireRoom(sql::Connection& connection, std::int64_t project) {
  const auto rows = connection.Query(
      "SELECT COUNT(*) FROM form_actions WHERE project = $1 AND completed_on IS NULL", {project});
  if (!rows->Next() || rows->Int(0) < kWaitingMax) return;
  throw Problem(ProblemKind::kTooManyRequests, "20 actions are waiting already.");
}

}  // namespace

std::string_view NameOf(Kind kind) {
  for (const auto& [known, name] : kKinds) {
    if (known == kind) return name;
  }
  OUTPOST_CHECK(false);
}

std::optional<Kind> KindOf(std::string_view name) {
  for (const auto& [kind, known] : kKinds) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::string_view NameOf(Status status) {
  switch (status) {
    case Status::kPending:
      return "pending";
    case Status::kRunning:
      return "running";
    case Status::kComplete:
      return "complete";
  }
  OUTPOST_CHECK(false);
}

Action Begin(sql::Batch& batch, std::int64_t project, const Asked& asked) {
  const auto ids = WithoutRepeats(asked.form_ids);
  if (ids.empty()) throw Problem(ProblemKind::kBadRequest, "There is no form id.");
  if (ids.size() > kFormsMax) {
    throw Problem(ProblemKind::kBadRequest, "At most 5000 form ids at a time.");
  }
  auto& connection = batch.connection();
  RequireRoom(connection, project);
  const auto stamp = batch.Next();
  Action action;
  action.row = stamp.seq;
  action.action_id = NewHexId();
  action.project = project;
  action.kind = asked.kind;
  action.username = asked.username;
  action.user_id = asked.user_id;
  action.requested = static_cast<std::int64_t>(ids.size());
  action.created_on = stamp.at;
  connection.Execute(
      "INSERT INTO form_actions (id, action_id, project, kind, username, user_id, requested,"
      " processed, succeeded, created_on) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8)",
      {action.row, action.action_id, project, NameOf(action.kind), action.username, action.user_id,
       action.requested, action.created_on.micros});
  for (std::size_t place = 0; place < ids.size(); ++place) {
    connection.Execute(
        "INSERT INTO form_action_forms (action, place, form_id, reason) VALUES ($1, $2, $3, $4)",
        {action.row, static_cast<std::int64_t>(place), ids[place], kDue});
  }
  return action;
}

std::optional<Action> Find(sql::Connection& connection, std::int64_t project,
                           std::string_view action_id) {
  const auto rows = connection.Query("SELECT " OUTPOST_ACTION_COLUMNS
                                     " FROM form_actions WHERE project = $1 AND action_id = $2",
                                     {project, action_id});
  if (!rows->Next()) return std::nullopt;
  return ActionFromRow(*rows);
}

std::map<std::string, std::vector<std::string>> SkippedOf(sql::Connection& connection,
                                                          std::int64_t action) {
  std::map<std::string, std::vector<std::string>> skipped;
  const auto rows = connection.Query(
      "SELECT reason, form_id FROM form_action_forms WHERE action = $1 AND reason <> ''"
      " AND reason <> $2 ORDER BY place",
      {action, kDue});
  while (rows->Next()) skipped[rows->String(0)].push_back(rows->String(1));
  return skipped;
}

std::vector<Action> ListDue(sql::Connection& connection) {
  std::vector<Action> due;
  const auto rows = connection.Query(
      "SELECT " OUTPOST_ACTION_COLUMNS
      " FROM form_actions WHERE id IN (SELECT MIN(id)"
      " FROM form_actions WHERE completed_on IS NULL GROUP BY project) ORDER BY id");
  while (rows->Next()) due.push_back(ActionFromRow(*rows));
  return due;
}

std::vector<DueForm> ListDueForms(sql::Connection& connection, std::int64_t action, int limit) {
  std::vector<DueForm> due;
  const auto rows = connection.Query(
      "SELECT place, form_id FROM form_action_forms WHERE action = $1 AND reason = $2"
      " ORDER BY place LIMIT $3",
      {action, kDue, std::int64_t{limit}});
  while (rows->Next()) due.push_back({rows->Int(0), rows->String(1)});
  return due;
}

bool IsDue(sql::Connection& connection, std::int64_t action, std::int64_t place) {
  const auto rows = connection.Query(
      "SELECT 1 FROM form_action_forms WHERE action = $1 AND place = $2 AND reason = $3",
      {action, place, kDue});
  return rows->Next();
}

void Record(sql::Batch& batch, std::int64_t action, std::int64_t place, std::string_view reason) {
  auto& connection = batch.connection();
  connection.Execute("UPDATE form_action_forms SET reason = $1 WHERE action = $2 AND place = $3",
                     {reason, action, place});
  connection.Execute(
      "UPDATE form_actions SET processed = processed + 1, succeeded = succeeded + $1,"
      " started_on = COALESCE(started_on, $2),"
      " completed_on = CASE WHEN processed + 1 = requested THEN $2 ELSE completed_on END"
      " WHERE id = $3",
      {std::int64_t{reason.empty() ? 1 : 0}, batch.now().micros, action});
}

std::int64_t Trim(sql::Batch& batch, Instant before, std::int64_t limit) {
  auto& connection = batch.connection();
  std::vector<std::int64_t> gone;
  {
    const auto rows = connection.Query(
        "SELECT id FROM form_actions WHERE completed_on < $1 LIMIT $2", {before.micros, limit});
    while (rows->Next()) gone.push_back(rows->Int(0));
  }
  for (const auto row : gone) {
    connection.Execute("DELETE FROM form_action_forms WHERE action = $1", {row});
    connection.Execute("DELETE FROM form_actions WHERE id = $1", {row});
  }
  return static_cast<std::int64_t>(gone.size());
}

}  // namespace outpost::form_actions
