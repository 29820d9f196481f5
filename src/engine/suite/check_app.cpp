#include "engine/suite/app.h"
#include "engine/suite/detail/checks.h"

namespace outpost::suite {
namespace {

void CheckProfile(const App& app, Findings& findings) {
  const Profile& profile = app.profile;
  if (profile.suites.empty()) findings.Error(profile.place, "the profile names no suite");
  if (profile.unique_id.empty()) {
    findings.Warning(profile.place, "without uniqueid phones cannot tell the app from others");
  }
  for (const Resource& suite : profile.suites) {
    if (suite.version >= profile.version) continue;
    findings.Warning(suite.place, "the version " + std::to_string(suite.version) +
                                      " is lower than the app's, " +
                                      std::to_string(profile.version) +
                                      ": phones read a suite anew only when its version rises");
  }
}

}  // namespace

std::vector<Finding> CheckApp(const App& app) {
  Findings findings;
  findings.list = app.findings;
  for (const Suite& suite : app.suites) {
    findings.list.insert(findings.list.end(), suite.findings.begin(), suite.findings.end());
  }
  CheckProfile(app, findings);
  CheckReferences(app, findings);
  CheckInstances(app, findings);
  CheckTexts(app, findings);
  CheckDetails(app, findings);
  return std::move(findings.list);
}

}  // namespace outpost::suite
