#include <fmt/format.h>

#include <stdexcept>

#include "base/toml_assert.h"
#include "base/toml_door.h"

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

}  // namespace

Node ReadToml(std::string_view text) {
  const auto harmless = HarmlessToml(text);
  try {
    return Copy(toml::parse(harmless), 0);
  } catch (const toml::parse_error& error) {
    throw Problem(fmt::format("This is not TOML: {}.", error.description()),
                  PositionOf(error.source().begin));
  } catch (const std::logic_error& error) {
    throw Problem(ProblemKind::kMalformed, "This is not TOML.", error.what());
  }
}

}  // namespace outpost::tree
