#include "operations/phones/apps/app_result.h"

#include "base/problem.h"

namespace outpost::phones {

std::string_view NameOf(AppResult result) {
  switch (result) {
    case AppResult::kInstalled:
      return "Installed";
    case AppResult::kUpToDate:
      return "UpToDate";
    case AppResult::kUpdateStaged:
      return "UpdateStaged";
    case AppResult::kMissingResources:
      return "MissingResources";
    case AppResult::kMissingResourcesWithMessage:
      return "MissingResourcesWithMessage";
    case AppResult::kInvalidResource:
      return "InvalidResource";
    case AppResult::kIncompatibleReqs:
      return "IncompatibleReqs";
    case AppResult::kNetworkFailure:
      return "NetworkFailure";
    case AppResult::kNoConnection:
      return "NoConnection";
    case AppResult::kBadSslCertificate:
      return "BadSslCertificate";
    case AppResult::kCaptivePortal:
      return "CaptivePortal";
    case AppResult::kRateLimited:
      return "RateLimited";
    case AppResult::kDuplicateApp:
      return "DuplicateApp";
    case AppResult::kUnknownFailure:
      return "UnknownFailure";
  }
  OUTPOST_CHECK(false);
  return {};
}

bool KeepsPartial(AppResult result) {
  switch (result) {
    case AppResult::kNetworkFailure:
    case AppResult::kNoConnection:
    case AppResult::kBadSslCertificate:
    case AppResult::kCaptivePortal:
    case AppResult::kRateLimited:
    case AppResult::kUpdateStaged:
      return true;
    default:
      return false;
  }
}

}  // namespace outpost::phones
