#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What stands between a file that somebody wrote and the TOML library. toml++ 3.3 asks of
/// characters beyond ASCII whether they are blanks, and runs into undefined behaviour where they
/// are not; and it asks in malformed files, but also where a text goes on after a backslash at the
/// end of a line.
namespace outpost {

inline constexpr std::size_t kTomlBytesMax = 2u << 20;

/// The same file in a form that the library reads without harm: characters beyond ASCII at which a
/// text goes on are written as escapes.
/// @throws Problem kMalformed with line and column (counted in characters) for bytes that are not
///         UTF-8, control characters, characters beyond ASCII outside of quotes and comments or
///         behind a backslash, and texts in quotes that do not end; kTooLarge above kTomlBytesMax
std::string HarmlessToml(std::string_view text);

}  // namespace outpost
