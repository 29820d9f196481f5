#include "services/mobile/restore/restore_params.h"

#include <charconv>
#include <utility>

#include "base/text.h"
#include "http/accepts.h"

namespace outpost::mobile {
namespace {

bool IsTrue(const http::Request& request, std::string_view name) {
  return request.QueryValue(name) == "true";
}

std::optional<std::string> Given(const http::Request& request, std::string_view name) {
  const auto value = request.QueryValue(name);
  if (!value || value->empty()) return std::nullopt;
  return std::string(*value);
}

std::optional<sync::Version> VersionOf(const http::Request& request) {
  const auto version = request.QueryValue("version").value_or("2.0");
  if (version == "1.0") return sync::Version::kV1;
  if (version == "2.0" || version == "3.0") return sync::Version::kV2;
  return std::nullopt;
}

int NumberAt(std::string_view& text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return -1;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with('.')) text.remove_prefix(1);
  return number;
}

}  // namespace

bool IsVersionAtLeast(std::string_view version, int major, int minor) {
  const int given_major = NumberAt(version);
  if (given_major < 0) return false;
  const int given_minor = version.empty() ? 0 : NumberAt(version);
  return std::pair(given_major, given_minor) >= std::pair(major, minor);
}

std::variant<std::string, RestoreParams> ReadRestoreParams(const http::Request& request) {
  const auto version = VersionOf(request);
  if (!version) return "version must be one of: 1.0, 2.0, 3.0";
  RestoreParams params;
  params.version = *version;
  params.since = Given(request, "since").value_or("");
  if (const auto state = request.QueryValue("state")) params.state = std::string(*state);
  params.user_id = Given(request, "user_id");
  params.as = Given(request, "as");
  params.device_id = Given(request, "device_id").value_or("").substr(0, kDeviceIdBytesMax);
  if (request.captures.size() > 1) params.app_id = request.captures[1];
  params.wants_item_count = IsTrue(request, "items");
  params.overwrites_cache = IsTrue(request, "overwrite_cache");
  params.skips_fixtures = IsTrue(request, "skip_fixtures") && !params.since.empty();
  params.accepts_gzip = http::AcceptsGzip(request);
  params.is_web_apps = params.device_id.starts_with(kWebAppsDevice);
  auto openrosa = request.headers.Find("X-OpenRosa-Version");
  if (!openrosa) openrosa = request.QueryValue("openrosa_version");
  params.can_ask_again = openrosa && IsVersionAtLeast(*openrosa, 2, 0);
  return params;
}

}  // namespace outpost::mobile
