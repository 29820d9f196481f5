#include "format/xml/write.h"

#include <array>
#include <cstdint>

namespace outpost::xml {
namespace {

/// What becomes of a byte: itself, nothing, or an escape by its place in kEscapes.
constexpr std::uint8_t kDrop = 255;
constexpr std::array<std::string_view, 8> kEscapes = {"",       "&amp;", "&lt;",  "&gt;",
                                                      "&quot;", "&#13;", "&#10;", "&#9;"};

constexpr std::array<std::uint8_t, 256> TableFor(bool in_attribute) {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t byte = 0; byte < 0x20; ++byte) table[byte] = kDrop;
  table['\t'] = in_attribute ? 7 : 0;
  table['\n'] = in_attribute ? 6 : 0;
  table['\r'] = 5;
  table['&'] = 1;
  table['<'] = 2;
  table['>'] = 3;
  table['"'] = in_attribute ? 4 : 0;
  return table;
}
constexpr auto kInText = TableFor(false);
constexpr auto kInAttribute = TableFor(true);

void AppendEscaped(std::string& out, std::string_view text,
                   const std::array<std::uint8_t, 256>& table) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto action = table[static_cast<unsigned char>(text[i])];
    if (action == 0) continue;
    out.append(text, begin, i - begin);
    if (action != kDrop) out += kEscapes[action];
    begin = i + 1;
  }
  out.append(text, begin);
}

bool MayBeIn(unsigned char c) {
  return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '_' || c == '-' || c == '.';
}

}  // namespace

void AppendText(std::string& out, std::string_view text) { AppendEscaped(out, text, kInText); }

void AppendAttribute(std::string& out, std::string_view name, std::string_view value) {
  out += ' ';
  out += name;
  out += "=\"";
  AppendEscaped(out, value, kInAttribute);
  out += '"';
}

void AppendElement(std::string& out, std::string_view name, std::string_view text) {
  out += '<';
  out += name;
  if (text.empty()) {
    out += "/>";
    return;
  }
  out += '>';
  AppendText(out, text);
  out += "</";
  out += name;
  out += '>';
}

bool IsName(std::string_view text) {
  if (text.empty() || text[0] == '-' || text[0] == '.' || (text[0] >= '0' && text[0] <= '9')) {
    return false;
  }
  for (const char c : text) {
    if (!MayBeIn(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

}  // namespace outpost::xml
