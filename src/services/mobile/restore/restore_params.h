#pragma once

#include <optional>
#include <string>
#include <variant>

#include "domain/sync/case_xml.h"
#include "http/message.h"

/// What a restore request asks for (restore document 3).
namespace outpost::mobile {

inline constexpr std::string_view kWebAppsDevice = "WebAppsLogin";
/// Longer device ids are cut; a token or user id that long is none.
inline constexpr std::size_t kDeviceIdBytesMax = 255;

struct RestoreParams {
  sync::Version version = sync::Version::kV2;
  std::string since, device_id, app_id;
  std::optional<std::string> state, user_id, as;
  bool wants_item_count = false;
  bool overwrites_cache = false;
  bool skips_fixtures = false;
  bool accepts_gzip = false;
  bool is_web_apps = false;
  /// OpenRosa 2.0 or later: knows what 202 means.
  bool can_ask_again = false;
};

/// What is wrong, or the parameters.
std::variant<std::string, RestoreParams> ReadRestoreParams(const http::Request& request);

/// Dotted numbers, compared as such: "10.0" is later than "2.0". Anything else is no version.
bool IsVersionAtLeast(std::string_view version, int major, int minor);

}  // namespace outpost::mobile
