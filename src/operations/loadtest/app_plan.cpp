#include "base/clock.h"
#include "base/problem.h"
#include "operations/loadtest/app_load.h"
#include "operations/phones/apps/app_client.h"

namespace outpost::loadtest {
namespace {

using suite::ResourceKind;

/// Path and query of an address.
std::string TargetOf(std::string_view address) {
  const auto host = address.find("://");
  const auto path = address.find('/', host == std::string_view::npos ? 0 : host + 3);
  return path == std::string_view::npos ? "/" : std::string(address.substr(path));
}

AppFileKind KindOf(const phones::TableEntry& entry) {
  if (entry.resource.id == phones::kProfileId) return AppFileKind::kProfile;
  switch (entry.resource.kind) {
    case ResourceKind::kSuite:
      return AppFileKind::kSuite;
    case ResourceKind::kStrings:
      return AppFileKind::kStrings;
    case ResourceKind::kForm:
    case ResourceKind::kUpdateForm:
      return AppFileKind::kForm;
    case ResourceKind::kMedia:
    case ResourceKind::kLoginImage:
      return AppFileKind::kMedia;
    case ResourceKind::kPracticeRestore:
      break;
  }
  return AppFileKind::kOther;
}

}  // namespace

std::string_view NameOf(AppFileKind kind) {
  constexpr std::array<std::string_view, kAppFileKinds> kNames{"profile", "suite", "strings",
                                                               "form",    "media", "other"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<AppFile> PlanInstall(const std::string& target_origin, const std::string& url_target) {
  const SystemClock clock;
  const auto fetch = [&, online = phones::HttpFetch()](const std::string& address,
                                                       const http::Headers& headers) {
    return online(target_origin + TargetOf(address), headers);
  };
  phones::AppClient phone({}, fetch, clock);
  const auto installed = phone.Install(target_origin + url_target);
  if (installed.result != phones::AppResult::kInstalled) {
    throw Problem(ProblemKind::kUnprocessable,
                  "A phone does not take this app: " + std::string(NameOf(installed.result)) + " " +
                      installed.resource + " " + installed.told);
  }
  std::vector<AppFile> files;
  for (const auto& entry : phone.installed().table.entries()) {
    if (entry.is_here) files.push_back({KindOf(entry), TargetOf(entry.found.address)});
  }
  return files;
}

}  // namespace outpost::loadtest
