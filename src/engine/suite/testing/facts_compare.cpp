#include "engine/suite/testing/suite_facts.h"

namespace outpost::suite::facts {
namespace {

using boost::json::object;
using boost::json::value;

/// What a sort's attributes mean, from how they are written.
object Normalized(const object& sort) {
  object fact = sort;
  const bool says_ascending = sort.contains("direction") && sort.at("direction") == "ascending";
  if (!sort.contains("type")) fact["type"] = "string";
  if (!sort.contains("direction")) fact["direction"] = "ascending";
  if (!sort.contains("blanks")) fact["blanks"] = says_ascending ? "first" : "last";
  return fact;
}

bool IsNothing(const value& read) {
  if (const auto* text = read.if_string()) return text->empty();
  if (const auto* list = read.if_array()) return list->empty();
  if (const auto* flag = read.if_bool()) return !*flag;
  if (const auto* members = read.if_object()) {
    for (const auto& member : *members) {
      if (!IsNothing(member.value())) return false;
    }
    return true;
  }
  if (read.is_number()) return read.to_number<double>() == 0;
  return read.is_null();
}

/// What is of no meaning to readers or left out by the facts' author.
bool IsIgnored(std::string_view key) { return key == "counts" || key == "grid-header-rows"; }

class Comparison {
 public:
  void Compare(const value& fact, const value& read, const std::string& path) {
    if (fact.is_object() && read.is_object()) {
      Objects(fact.get_object(), read.get_object(), path);
    } else if (fact.is_array() && read.is_array()) {
      Arrays(fact, read, path);
    } else if (!AreSame(fact, read)) {
      differences.push_back(path + ": expected " + boost::json::serialize(fact) + ", read " +
                            boost::json::serialize(read));
    }
  }
  std::vector<std::string> differences;

 private:
  void Objects(const object& written, const object& read, const std::string& path) {
    const object fact = path.ends_with(".sort") ? Normalized(written) : written;
    for (const auto& member : fact) {
      if (IsIgnored(member.key())) continue;
      const auto* found = read.if_contains(member.key());
      const auto at = path + "." + std::string(member.key());
      // An unknown element in a text: nothing to show.
      if (member.key() == "value" && member.value() == object{} && found == nullptr) continue;
      Compare(member.value(), found != nullptr ? *found : value(nullptr), at);
    }
    for (const auto& member : read) {
      if (fact.contains(member.key()) || IsNothing(member.value())) continue;
      differences.push_back(path + "." + std::string(member.key()) + ": read " +
                            boost::json::serialize(member.value()) + ", of which no fact tells");
    }
  }
  void Arrays(const value& fact, const value& read, const std::string& path) {
    const auto& expected = fact.get_array();
    const auto& list = read.get_array();
    if (expected.size() != list.size()) {
      differences.push_back(path + ": expected " + std::to_string(expected.size()) + ", read " +
                            std::to_string(list.size()));
      return;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      Compare(expected[i], list[i], path + "[" + std::to_string(i) + "]");
    }
  }
  static bool AreSame(const value& fact, const value& read) {
    if (fact == read || (IsNothing(fact) && IsNothing(read))) return true;
    if (fact.is_string() && read.is_bool()) return (fact == "true") == read.get_bool();
    if (fact.is_string() && !read.is_string()) {
      return fact.get_string() == boost::json::serialize(read);
    }
    return fact.is_number() && read.is_number() &&
           boost::json::serialize(fact) == boost::json::serialize(read);
  }
};

}  // namespace

std::vector<std::string> Differences(const value& facts, const value& read) {
  Comparison comparison;
  comparison.Compare(facts, read, "");
  return comparison.differences;
}

}  // namespace outpost::suite::facts
