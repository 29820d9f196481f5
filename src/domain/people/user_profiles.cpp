#include <algorithm>

#include "base/problem.h"
#include "base/text.h"
#include "domain/people/custom_fields.h"
#include "domain/people/marks.h"
#include "domain/people/user_data.h"
#include "format/json/text_map.h"

namespace outpost::people {
namespace {

UserProfile ProfileFromRow(const sql::Rows& rows) {
  return {rows.String(0), rows.String(1), json::ReadTextMap(rows.Text(2))};
}

/// Required fields that the profile leaves open are the user's own matter.
void RequireFitting(const UserProfile& profile, std::vector<CustomField> fields) {
  if (Trim(profile.name).empty() || CountCharacters(profile.name) > kPersonNameCharactersMax) {
    throw Problem(ProblemKind::kBadRequest, "A profile needs a name of at most 150 characters.");
  }
  for (const auto& [key, value] : profile.fields) {
    const bool is_known =
        std::any_of(fields.begin(), fields.end(),
                    [&slug = key](const CustomField& f) { return f.slug == slug; });
    if (!is_known) {
      throw Problem(ProblemKind::kBadRequest,
                    "'" + key + "' is no field of this project space: define it first.");
    }
  }
  for (auto& field : fields) field.is_required_of_workers = field.is_required_of_web_users = false;
  const auto problems = ProblemsOfValues(fields, profile.fields, ValuesOf::kWorker);
  if (!problems.empty()) throw Problem(ProblemKind::kBadRequest, problems);
}

}  // namespace

UserProfile PutProfile(sql::Batch& batch, std::int64_t project, const UserProfile& profile) {
  RequireFitting(profile, ListFields(batch.connection(), project, FieldsOf::kUsers));
  const auto fields = json::RenderTextMap(profile.fields);
  if (fields.size() > kUserDataBytesMax) {
    throw Problem(ProblemKind::kBadRequest, "The data of a profile has at most 64 kB.");
  }
  const auto stamp = NextMarked(batch, project, kPeopleMark);
  MoveMark(batch, project, kUserDataMark, stamp.seq);
  UserProfile put = profile;
  // CommCare HQ's are whole numbers.
  if (put.profile_id.empty()) put.profile_id = std::to_string(stamp.seq);
  batch.connection().Execute(
      "INSERT INTO user_profiles (id, project, profile_id, name, fields)"
      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (project, profile_id)"
      " DO UPDATE SET name = excluded.name, fields = excluded.fields",
      {stamp.seq, project, put.profile_id, put.name, fields});
  return put;
}

void DeleteProfile(sql::Batch& batch, std::int64_t project, std::string_view profile_id) {
  auto& connection = batch.connection();
  {
    const auto rows = connection.Query(
        "SELECT user_data FROM memberships WHERE project = $1 AND user_data <> '{}'", {project});
    while (rows->Next()) {
      if (json::ReadTextMap(rows->Text(0))["profile_id"] != profile_id) continue;
      throw Problem(ProblemKind::kConflict,
                    "Somebody still has this profile: give everybody another one first.");
    }
  }
  const auto gone = connection.ExecuteCounted(
      "DELETE FROM user_profiles WHERE project = $1 AND profile_id = $2", {project, profile_id});
  if (gone == 0) {
    throw Problem(ProblemKind::kNotFound, "There is no profile " + std::string(profile_id) + ".");
  }
  NextMarked(batch, project, kPeopleMark);
}

std::vector<UserProfile> ListProfiles(sql::Connection& connection, std::int64_t project) {
  std::vector<UserProfile> profiles;
  const auto rows = connection.Query(
      "SELECT profile_id, name, fields FROM user_profiles WHERE project = $1"
      " ORDER BY name, profile_id",
      {project});
  while (rows->Next()) profiles.push_back(ProfileFromRow(*rows));
  return profiles;
}

std::optional<UserProfile> FindProfile(sql::Connection& connection, std::int64_t project,
                                       std::string_view id_or_name) {
  auto profiles = ListProfiles(connection, project);
  for (auto& profile : profiles) {
    if (profile.profile_id == id_or_name) return std::move(profile);
  }
  for (auto& profile : profiles) {
    if (profile.name == id_or_name) return std::move(profile);
  }
  return std::nullopt;
}

}  // namespace outpost::people
