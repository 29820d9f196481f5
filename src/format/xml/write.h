#pragma once

#include <string>
#include <string_view>

/// Writing XML by appending to a text. Names are written as they are: the caller has checked them.
namespace outpost::xml {

/// Character data. What XML 1.0 cannot carry (most control characters) is left out, so that one odd
/// character does not make a whole document unreadable. Text is taken to be UTF-8.
void AppendText(std::string& out, std::string_view text);
/// ` name="value"`, with the blank before it.
void AppendAttribute(std::string& out, std::string_view name, std::string_view value);
/// `<name>text</name>`, or `<name/>` for an empty text.
void AppendElement(std::string& out, std::string_view name, std::string_view text);

/// A name that element and attribute may have: ASCII letters, digits, `_`, `-`, `.` and anything
/// beyond ASCII, begun by none of `-`, `.` and digits. No colon.
bool IsName(std::string_view text);

}  // namespace outpost::xml
