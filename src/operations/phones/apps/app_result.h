#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What an install or an update of an app comes to (app delivery document 6.6).
namespace outpost::phones {

enum class AppResult : std::uint8_t {
  kInstalled,
  kUpToDate,
  kUpdateStaged,
  kMissingResources,             // no suite or profile at any place
  kMissingResourcesWithMessage,  // no form, strings, media; or the server told why (406)
  kInvalidResource,
  kIncompatibleReqs,
  kNetworkFailure,
  kNoConnection,
  kBadSslCertificate,
  kCaptivePortal,
  kRateLimited,
  kDuplicateApp,
  kUnknownFailure,
};
/// As clients name it: "UpdateStaged".
std::string_view NameOf(AppResult result);
/// Whether what an update has fetched so far is kept for the next attempt.
bool KeepsPartial(AppResult result);

struct AppOutcome {
  AppResult result = AppResult::kUnknownFailure;
  std::string told;                  // why not
  std::string resource;              // id of the file that it failed at
  std::vector<std::string> fetched;  // ids, in order; without the profile

  bool is_success() const {
    return result == AppResult::kInstalled || result == AppResult::kUpToDate ||
           result == AppResult::kUpdateStaged;
  }
};

}  // namespace outpost::phones
