#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Datetimes as form JSON shows them (submission document 8.3).
namespace outpost::forms {

/// T6 of a text that is a whole datetime; empty for anything else, which stays as it is.
std::optional<std::string> NormalisedDateTime(std::string_view text);

}  // namespace outpost::forms
