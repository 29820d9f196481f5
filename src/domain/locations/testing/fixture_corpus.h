#pragma once

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "domain/locations/tree.h"

/// Conformance data about fixtures, read where it lies: in $OUTPOST_CORPUS, else in the folder the
/// build was told (OUTPOST_CORPUS_DEFAULT). For tests only.
namespace outpost::fixture_corpus {

inline std::filesystem::path FileOf(std::string_view name) {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return std::filesystem::path(set != nullptr ? set : OUTPOST_CORPUS_DEFAULT) / "restore" /
         "fixtures" / name;
}

inline bool IsAbsent(std::string_view name) { return !std::filesystem::exists(FileOf(name)); }
inline std::string WhyAbsent(std::string_view name) {
  return "no conformance corpus at " + FileOf(name).string() + " (set OUTPOST_CORPUS)";
}

struct Case {
  std::string name;
  boost::json::object content;
};
inline void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

/// The cases of one file; none where the corpus is absent.
inline std::vector<Case> CasesOf(std::string_view name) {
  std::vector<Case> cases;
  if (IsAbsent(name)) return cases;
  std::ifstream in(FileOf(name), std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  const auto parsed = boost::json::parse(text.str());
  for (const auto& entry : parsed.as_object().at("cases").as_array()) {
    const auto& content = entry.as_object();
    cases.push_back({std::string(content.at("name").as_string()), content});
  }
  return cases;
}

inline std::string Text(const boost::json::object& from, std::string_view key) {
  const auto* value = from.if_contains({key.data(), key.size()});
  return value == nullptr || !value->is_string() ? "" : std::string(value->get_string());
}
inline bool Flag(const boost::json::object& from, std::string_view key) {
  const auto* value = from.if_contains({key.data(), key.size()});
  return value != nullptr && value->is_bool() && value->get_bool();
}
inline std::vector<std::string> Texts(const boost::json::object& from, std::string_view key) {
  std::vector<std::string> texts;
  if (const auto* list = from.if_contains({key.data(), key.size()})) {
    for (const auto& one : list->as_array()) texts.emplace_back(one.as_string());
  }
  return texts;
}

/// Levels of a case. Code and name are equal.
inline std::vector<locations::LocationType> TypesOf(const boost::json::object& described) {
  std::vector<locations::LocationType> types;
  for (const auto& [code, value] : described) {
    const auto& from = value.as_object();
    locations::LocationType type;
    type.row = static_cast<std::int64_t>(types.size()) + 1;
    type.code = type.name = std::string(code);
    type.parent = Text(from, "parent");
    type.shares_cases = Flag(from, "shares_cases");
    type.views_descendants = Flag(from, "view_descendants");
    type.expand_from = Text(from, "expand_from");
    type.expands_from_root = Flag(from, "expand_from_root");
    type.expand_to = Text(from, "expand_to");
    type.include_without_expanding = Text(from, "include_without_expanding");
    type.include_only = Texts(from, "include_only");
    types.push_back(std::move(type));
  }
  return types;
}

/// Locations of a case; the name stands for the id, and rows are places in the file plus 1.
inline std::vector<locations::TreeLocation> LocationsOf(
    const boost::json::object& described, const std::vector<locations::LocationType>& types) {
  std::vector<locations::TreeLocation> found;
  const auto row_of = [&](const std::string& name) {
    const auto at = described.find(name);
    return at == described.end() ? 0 : static_cast<std::int64_t>(at - described.begin()) + 1;
  };
  for (const auto& [name, value] : described) {
    const auto& from = value.as_object();
    locations::TreeLocation location;
    location.row = row_of(std::string(name));
    location.location_id = location.name = std::string(name);
    location.parent_row = row_of(Text(from, "parent"));
    for (const auto& type : types) {
      if (type.code == Text(from, "type")) location.type_row = type.row;
    }
    found.push_back(std::move(location));
  }
  return found;
}

}  // namespace outpost::fixture_corpus
