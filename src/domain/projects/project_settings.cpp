#include "domain/projects/project_settings.h"

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::projects {
namespace {

boost::json::object ParseObject(std::string_view json, ProblemKind kind, const char* told) {
  boost::json::error_code error;
  auto value = boost::json::parse({json.data(), json.size()}, error);
  if (error || !value.is_object()) throw Problem(kind, told);
  return std::move(value.get_object());
}

boost::json::object ParseStored(std::string_view json) {
  return ParseObject(json, ProblemKind::kInternal,
                     "The settings of a project space are damaged. Run: outpost doctor");
}

const Switch* FindSwitch(std::string_view name) {
  const auto* found = std::find_if(kSwitches.begin(), kSwitches.end(),
                                   [&](const Switch& known) { return known.name == name; });
  return found == kSwitches.end() ? nullptr : found;
}

[[noreturn]] void RefuseUnknown(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& known : kSwitches) names.push_back(known.name);
  const auto nearest = NearestWord(name, names);
  throw Problem(ProblemKind::kBadRequest,
                "There is no setting '" + std::string(name) + "' of project spaces" +
                    (nearest ? ". Did you mean '" + *nearest + "'?" : std::string(".")));
}

}  // namespace

ProjectSettings ReadSettings(std::string_view json) {
  const auto object = ParseStored(json);
  ProjectSettings settings;
  for (const auto& known : kSwitches) {
    const auto* value = object.if_contains({known.name.data(), known.name.size()});
    if (value != nullptr && value->is_bool()) settings.*known.place = value->get_bool();
  }
  return settings;
}

std::string MergeSettings(std::string_view json, std::string_view changes) {
  auto object = ParseStored(json);
  for (const auto& change :
       ParseObject(changes, ProblemKind::kBadRequest, "Settings must be a JSON object.")) {
    const std::string_view name(change.key());
    if (FindSwitch(name) == nullptr) RefuseUnknown(name);
    if (!change.value().is_bool()) {
      throw Problem(ProblemKind::kBadRequest,
                    "The setting '" + std::string(name) + "' must be true or false.");
    }
    object[change.key()] = change.value();
  }
  return boost::json::serialize(object);
}

std::string RenderSettings(const ProjectSettings& settings) {
  boost::json::object object;
  for (const auto& known : kSwitches) {
    object[{known.name.data(), known.name.size()}] = settings.*known.place;
  }
  return boost::json::serialize(object);
}

}  // namespace outpost::projects
