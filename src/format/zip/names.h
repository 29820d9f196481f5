#pragma once

#include <string>
#include <string_view>

/// Names of files in archives.
namespace outpost::zip {

/// Why a name must not be used as a path below some folder, as the end of a sentence that begins
/// with the name; empty when it may.
std::string_view WhyUnsafe(std::string_view name);

/// The name without control characters, for messages.
std::string Printable(std::string_view name);

}  // namespace outpost::zip
