#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/toml_assert.h"

#include <toml++/toml.h>

#include "format/tree/tree.h"

namespace outpost::tree {
namespace {

Position PositionOf(const toml::source_position& at) { return {at.line, at.column}; }

template <typename Value>
std::string Printed(const Value& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

Node Copy(const toml::node& from, int depth) {
  if (depth > kDepthMax) {
    throw Problem(ProblemKind::kTooLarge, "The TOML file is nested too deeply.");
  }
  Node node;
  node.at = PositionOf(from.source().begin);
  if (const auto* table = from.as_table()) {
    node.kind = Kind::kMap;
    for (const auto& member : *table) {
      auto value = Copy(member.second, depth + 1);
      value.at = PositionOf(member.first.source().begin);
      node.members.push_back({std::string(member.first.str()), std::move(value)});
    }
  } else if (const auto* array = from.as_array()) {
    node.kind = Kind::kList;
    for (const auto& item : *array) node.items.push_back(Copy(item, depth + 1));
  } else {
    node.kind = Kind::kScalar;
    if (const auto* text = from.as_string()) {
      node.text = text->get();
    } else if (const auto* flag = from.as_boolean()) {
      node.text = flag->get() ? "true" : "false";
    } else if (const auto* whole = from.as_integer()) {
      node.text = std::to_string(whole->get());
    } else if (const auto* decimal = from.as_floating_point()) {
      node.text = fmt::format("{}", decimal->get());
    } else if (const auto* date = from.as_date()) {
      node.text = Printed(date->get());
    } else if (const auto* time = from.as_time()) {
      node.text = Printed(time->get());
    } else if (const auto* moment = from.as_date_time()) {
      node.text = Printed(moment->get());
    }
  }
  return node;
}

bool Continues(std::string_view text, std::size_t at, std::string_view what) {
  return text.substr(at, what.size()) == what;
}

/// One past the end of the text in quotes that begins at `at`.
std::size_t SkipQuoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool is_long = Continues(text, at, three);
  std::size_t i = at + (is_long ? 3 : 1);
  for (; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (is_long ? Continues(text, i, three) : text[i] == quote || text[i] == '\n') {
      return i + (is_long ? 3 : 1);
    }
  }
  return text.size();
}

/// toml++ 3.3 runs into code it calls unreachable where characters beyond ASCII stand outside of
/// quotes and comments. No TOML file may have them there, so they are refused first.
void RefuseStrayCharacters(std::string_view text) {
  std::size_t i = Continues(text, 0, "\xEF\xBB\xBF") ? 3 : 0;  // byte order mark
  while (i < text.size()) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      i = SkipQuoted(text, i);
      continue;
    }
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    if (static_cast<unsigned char>(c) >= 0x80) {
      const auto line =
          std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(i), '\n');
      throw Problem("This is not TOML: only texts in quotes may have letters beyond ASCII.",
                    {static_cast<std::uint32_t>(line + 1), 1});
    }
    ++i;
  }
}

}  // namespace

Node ReadToml(std::string_view text) {
  if (text.size() > kBytesMax) {
    throw Problem(ProblemKind::kTooLarge, "The TOML file is larger than 2 MB.");
  }
  RefuseStrayCharacters(text);
  try {
    return Copy(toml::parse(text), 0);
  } catch (const toml::parse_error& error) {
    throw Problem(fmt::format("This is not TOML: {}.", error.description()),
                  PositionOf(error.source().begin));
  } catch (const std::logic_error& error) {
    throw Problem(ProblemKind::kMalformed, "This is not TOML.", error.what());
  }
}

}  // namespace outpost::tree
