#include <algorithm>
#include <set>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "domain/apps/variants.h"

namespace outpost::apps {
namespace {

/// The settings as they are in this batch, with the profiles changed.
void Store(sql::Batch& batch, const App& app, const std::vector<BuildProfile>& profiles) {
  std::string stored;
  {
    const auto rows =
        batch.connection().Query("SELECT settings FROM apps WHERE id = $1", {app.row});
    OUTPOST_CHECK(rows->Next());
    stored = PutBuildProfiles(rows->Text(0), profiles);
  }
  batch.connection().Execute("UPDATE apps SET settings = $1 WHERE id = $2",
                             {std::string_view(stored), app.row});
}

void CheckLanguages(sql::Connection& connection, const App& app,
                    const std::vector<std::string>& languages) {
  const std::set<std::string> given(languages.begin(), languages.end());
  if (languages.empty() || languages.size() > kProfileLanguagesMax ||
      given.size() != languages.size()) {
    throw Problem(ProblemKind::kBadRequest, "A build profile has 1 to " +
                                                std::to_string(kProfileLanguagesMax) +
                                                " languages, each once.");
  }
  const auto newest = NewestBuild(connection, app, false);
  if (!newest) {
    throw Problem(ProblemKind::kBadRequest, "The app has no build yet, so no languages.");
  }
  for (const auto& language : languages) {
    const auto& there = newest->languages;
    if (std::find(there.begin(), there.end(), language) != there.end()) continue;
    std::string names;
    for (const auto& one : there) names += (names.empty() ? "" : ", ") + one;
    throw Problem(ProblemKind::kBadRequest, "The app's newest build has no language '" + language +
                                                "'. It has: " + names + ".");
  }
}

}  // namespace

BuildProfile AddBuildProfile(sql::Batch& batch, const App& app, std::string_view name,
                             const std::vector<std::string>& languages) {
  auto profiles = app.settings.build_profiles;
  name = Trim(name);
  if (name.empty() || name.size() > kBuildProfileNameBytesMax) {
    throw Problem(ProblemKind::kBadRequest, "A build profile's name has 1 to 255 bytes.");
  }
  if (profiles.size() >= kBuildProfilesMax) {
    throw Problem(ProblemKind::kBadRequest, "An app has at most " +
                                                std::to_string(kBuildProfilesMax) +
                                                " build profiles, retired ones included.");
  }
  BuildProfile made;
  made.id = NewHexId();
  made.number = 1;
  made.name = name;
  made.languages = languages;
  for (const auto& known : profiles) {
    made.number = std::max(made.number, known.number + 1);
    if (known.name != made.name) continue;
    throw Problem(ProblemKind::kConflict,
                  "This app has a build profile '" + made.name + "' already.");
  }
  CheckLanguages(batch.connection(), app, languages);
  profiles.push_back(made);
  Store(batch, app, profiles);
  return made;
}

void RetireBuildProfile(sql::Batch& batch, const App& app, std::string_view wanted,
                        bool is_retired) {
  auto profiles = app.settings.build_profiles;
  const auto found = std::find_if(profiles.begin(), profiles.end(), [&](const BuildProfile& one) {
    return one.id == wanted || one.name == wanted || std::to_string(one.number) == wanted;
  });
  if (found == profiles.end()) {
    throw Problem(ProblemKind::kNotFound,
                  "This app has no build profile '" + std::string(wanted) + "'.");
  }
  found->is_retired = is_retired;
  Store(batch, app, profiles);
}

const BuildProfile* FindBuildProfile(const App& app, std::string_view id) {
  const auto& profiles = app.settings.build_profiles;
  const auto found = std::find_if(profiles.begin(), profiles.end(),
                                  [&](const BuildProfile& one) { return one.id == id; });
  return found == profiles.end() ? nullptr : &*found;
}

}  // namespace outpost::apps
