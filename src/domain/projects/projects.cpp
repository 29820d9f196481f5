#include "domain/projects/projects.h"

#include <algorithm>
#include <array>

#include "base/problem.h"
#include "base/text.h"
#include "store/changelog/changelog.h"

namespace outpost::projects {
namespace {

constexpr std::array<std::pair<Stage, std::string_view>, 3> kStages = {{
    {Stage::kLive, "live"},
    {Stage::kHold, "hold"},
    {Stage::kFrozen, "frozen"},
}};

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

Project FromRow(const sql::Rows& rows) {
  Project project;
  project.row = rows.Int(0);
  project.name = rows.Text(1);
  project.display_name = rows.Text(2);
  // A stage of a newer release: take nothing rather than treat it as live.
  project.stage = StageOf(rows.Text(3)).value_or(Stage::kFrozen);
  project.is_suspended = rows.Int(4) != 0;
  project.is_secure = rows.Int(5) != 0;
  project.created_on = {rows.Int(6)};
  project.settings = ReadSettings(rows.Text(7));
  return project;
}

void AppendChange(sql::Batch& batch, sql::Stamp stamp, std::int64_t row, std::string_view name) {
  changelog::Change change;
  change.seq = stamp.seq;
  change.at = stamp.at;
  change.project = row;
  change.topic = changelog::Topic::kProject;
  change.row = row;
  change.document_id = name;
  change.type = "Domain";
  changelog::Append(batch, change);
}

std::int64_t RowOf(sql::Batch& batch, std::string_view name) {
  const auto project = Find(batch.connection(), name);
  if (!project) {
    throw Problem(ProblemKind::kNotFound, "There is no project space " + std::string(name) + ".");
  }
  return project->row;
}

/// `sql` sets one column ($1) of the project space with row $2.
void SetColumn(sql::Batch& batch, std::string_view name, std::string_view sql, sql::Param value) {
  const auto row = RowOf(batch, name);
  batch.connection().Execute(sql, {value, row});
  AppendChange(batch, batch.Next(), row, name);
}

}  // namespace

std::string_view NameOf(Stage stage) {
  for (const auto& entry : kStages) {
    if (entry.first == stage) return entry.second;
  }
  return "unknown";
}

std::optional<Stage> StageOf(std::string_view name) {
  for (const auto& entry : kStages) {
    if (entry.second == name) return entry.first;
  }
  return std::nullopt;
}

Stage ParseStage(std::string_view name) {
  if (const auto stage = StageOf(name)) return *stage;
  std::string known;
  for (const auto& entry : kStages) {
    known += known.empty() ? "" : ", ";
    known += entry.second;
  }
  throw Problem(ProblemKind::kBadRequest,
                "There is no stage '" + std::string(name) + "'. Known stages: " + known + ".");
}

bool IsValidName(std::string_view name, NameRule rule) {
  if (name.empty() || name.size() > kNameCharactersMax) return false;
  if (rule == NameRule::kMigrated) {
    return std::all_of(name.begin(), name.end(), [](char c) {
      return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == ':' ||
             c == '-';
    });
  }
  return IsLowerOrDigit(name.front()) && IsLowerOrDigit(name.back()) &&
         name.find("--") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return IsLowerOrDigit(c) || c == '-'; });
}

std::string SlugOf(std::string_view readable_name) {
  std::string slug;
  for (const char c : ToLower(Trim(readable_name))) {
    if (IsLowerOrDigit(c)) {
      slug += c;
    } else if ((c == ' ' || c == '-' || c == '_' || c == '.') && !slug.empty() &&
               slug.back() != '-') {
      slug += '-';
    }
  }
  slug.resize(std::min(slug.size(), kSlugCharactersMax));
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug;
}

Project Create(sql::Batch& batch, std::string_view name, std::string_view display_name,
               NameRule rule) {
  if (!IsValidName(name, rule)) {
    const auto slug = SlugOf(name);
    throw Problem(ProblemKind::kBadRequest,
                  "'" + std::string(name) +
                      "' cannot name a project space: use lower-case letters and digits, joined by"
                      " single dashes" +
                      (slug.empty() ? std::string(".") : ", such as '" + slug + "'."));
  }
  if (Find(batch.connection(), name)) {
    throw Problem(ProblemKind::kConflict,
                  "There is already a project space " + std::string(name) + ".");
  }
  const auto stamp = batch.Next();
  Project project;
  project.row = stamp.seq;
  project.name = name;
  project.display_name = display_name.empty() ? name : display_name;
  project.created_on = stamp.at;
  batch.connection().Execute(
      "INSERT INTO projects (id, name, display_name, stage, is_suspended, is_secure, created_on,"
      " settings) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {project.row, project.name, project.display_name, NameOf(project.stage), std::int64_t{0},
       std::int64_t{1}, project.created_on.micros, "{}"});
  AppendChange(batch, stamp, project.row, project.name);
  return project;
}

void SetStage(sql::Batch& batch, std::string_view name, Stage stage) {
  SetColumn(batch, name, "UPDATE projects SET stage = $1 WHERE id = $2", NameOf(stage));
}

void SetSuspended(sql::Batch& batch, std::string_view name, bool is_suspended) {
  SetColumn(batch, name, "UPDATE projects SET is_suspended = $1 WHERE id = $2",
            std::int64_t{is_suspended ? 1 : 0});
}

void SetSecure(sql::Batch& batch, std::string_view name, bool is_secure) {
  SetColumn(batch, name, "UPDATE projects SET is_secure = $1 WHERE id = $2",
            std::int64_t{is_secure ? 1 : 0});
}

void ChangeSettings(sql::Batch& batch, std::string_view name, std::string_view changes) {
  const auto row = RowOf(batch, name);
  std::string stored;
  {
    const auto rows =
        batch.connection().Query("SELECT settings FROM projects WHERE id = $1", {row});
    OUTPOST_CHECK(rows->Next());
    stored = rows->String(0);
  }
  const auto merged = MergeSettings(stored, changes);
  SetColumn(batch, name, "UPDATE projects SET settings = $1 WHERE id = $2", merged);
}

std::vector<Project> List(sql::Connection& connection) {
  std::vector<Project> projects;
  const auto rows = connection.Query(
      "SELECT id, name, display_name, stage, is_suspended, is_secure, created_on, settings"
      " FROM projects ORDER BY name");
  while (rows->Next()) projects.push_back(FromRow(*rows));
  return projects;
}

std::optional<Project> Find(sql::Connection& connection, std::string_view name) {
  const auto rows = connection.Query(
      "SELECT id, name, display_name, stage, is_suspended, is_secure, created_on, settings"
      " FROM projects WHERE name = $1",
      {name});
  if (!rows->Next()) return std::nullopt;
  return FromRow(*rows);
}

std::shared_ptr<const Project> Directory::Find(std::string_view name) {
  const auto now = SteadyMicros();
  std::uint64_t times_forgotten = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found != entries_.end() && now - found->second.read_at < kFreshMicros) {
      return found->second.project;
    }
    times_forgotten = times_forgotten_;
  }
  std::shared_ptr<const Project> project;
  if (IsValidName(name, NameRule::kMigrated)) {
    const auto lease = database_.Read();
    if (auto row = projects::Find(*lease, name)) {
      project = std::make_shared<const Project>(std::move(*row));
    }
  }
  const std::lock_guard lock(mutex_);
  // What was read before somebody said Forget may be the old state: use it, do not keep it.
  if (times_forgotten == times_forgotten_) {
    if (entries_.size() >= kEntriesMax) entries_.clear();
    entries_.insert_or_assign(std::string(name), Entry{project, now});
  }
  return project;
}

void Directory::Forget(std::string_view name) {
  const std::lock_guard lock(mutex_);
  ++times_forgotten_;
  const auto found = entries_.find(name);
  if (found != entries_.end()) entries_.erase(found);
}

}  // namespace outpost::projects
