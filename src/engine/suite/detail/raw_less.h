#pragma once

#include <optional>
#include <string>
#include <string_view>

/// XML whose attribute values hold a bare `<`, which clients accept and XML forbids.
namespace outpost::suite {

/// The text with every `<` in an attribute value written as `&lt;`; none where there is no such
/// one. Nothing else changes, so line numbers stay. Comments, CDATA, processing instructions and
/// character data are left alone; so is a text with NUL bytes, which is no UTF-8.
std::optional<std::string> EscapeRawLess(std::string_view xml);

}  // namespace outpost::suite
