#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Reads meta/appVersion as phones have written it over the years (submission document 8.5).
namespace outpost::forms {

/// "2.53.1"; empty when the text names none. Always at least two dots.
std::string CommCareVersionOf(std::string_view app_version_text);
std::optional<std::int64_t> AppVersionOf(std::string_view app_version_text);

}  // namespace outpost::forms
