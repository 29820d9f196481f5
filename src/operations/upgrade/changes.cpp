#include "operations/upgrade/changes.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/problem.h"
#include "base/text.h"
#include "operations/upgrade/changes_text.h"

namespace outpost::upgrade {
namespace {

namespace json = boost::json;

std::vector<std::int64_t> NumbersOf(std::string_view version) {
  std::vector<std::int64_t> numbers;
  for (const auto part : Split(version, '.')) numbers.push_back(ParseInt(part).value_or(0));
  constexpr std::size_t kParts = 3;
  numbers.resize(std::max(numbers.size(), kParts));
  return numbers;
}

Change ChangeOf(const json::object& object) {
  const auto text = [&](const char* key) { return std::string(object.at(key).as_string()); };
  Change change;
  change.number = object.at("number").as_int64();
  change.date = text("date");
  change.version = text("version");
  change.title = text("title");
  change.context = text("context");
  change.is_required = object.at("required").as_bool();
  change.needs_action = object.at("needs_action").as_bool();
  for (const auto& step : object.at("steps").as_array()) {
    change.steps.emplace_back(step.as_string());
  }
  change.min_from_version = text("min_from_version");
  change.needs_downtime = object.at("needs_downtime").as_bool();
  change.estimated_minutes_per_gb = object.at("estimated_minutes_per_gb").to_number<double>();
  change.is_reversible = object.at("reversible").as_bool();
  return change;
}

}  // namespace

std::vector<Change> ChangesOf(std::string_view text) {
  std::vector<Change> changes;
  try {
    const auto list = json::parse(text);
    for (const auto& value : list.as_array()) {
      changes.push_back(ChangeOf(value.as_object()));
    }
  } catch (const std::exception& error) {
    throw Problem(ProblemKind::kUnprocessable, "The list of changes is not whole: entry " +
                                                   std::to_string(changes.size() + 1) + ": " +
                                                   error.what());
  }
  return changes;
}

std::string JsonOf(const std::vector<Change>& changes) {
  json::array array;
  for (const auto& change : changes) {
    array.push_back(json::object{{"number", change.number},
                                 {"date", change.date},
                                 {"version", change.version},
                                 {"title", change.title},
                                 {"context", change.context},
                                 {"required", change.is_required},
                                 {"needs_action", change.needs_action},
                                 {"steps", json::value_from(change.steps)},
                                 {"min_from_version", change.min_from_version},
                                 {"needs_downtime", change.needs_downtime},
                                 {"estimated_minutes_per_gb", change.estimated_minutes_per_gb},
                                 {"reversible", change.is_reversible}});
  }
  return json::serialize(array);
}

std::vector<Change> ShippedChanges() { return ChangesOf(kChangesText); }

int CompareVersions(std::string_view a, std::string_view b) {
  const auto left = NumbersOf(a), right = NumbersOf(b);
  if (left == right) return 0;
  return left < right ? -1 : 1;
}

std::vector<Change> Between(const std::vector<Change>& changes, std::string_view from,
                            std::string_view to) {
  std::vector<Change> found;
  std::copy_if(changes.begin(), changes.end(), std::back_inserter(found),
               [&](const Change& change) {
                 return CompareVersions(change.version, from) > 0 &&
                        CompareVersions(change.version, to) <= 0;
               });
  return found;
}

}  // namespace outpost::upgrade
