#include "domain/apps/app_settings.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <limits>

#include "base/problem.h"
#include "format/json/writer.h"

namespace outpost::apps {
namespace {

using boost::json::object;
using boost::json::value;

constexpr std::array<std::string_view, 3> kPrompts{"off", "on", "forced"};
constexpr std::array<std::string_view, 5> kMeasureTypes{"app_update", "app_reinstall_and_update",
                                                        "app_offline_reinstall_and_update",
                                                        "cc_update", "cc_reinstall"};
constexpr std::size_t kTextCharactersMax = 255;
constexpr std::size_t kMeasuresMax = 100;

[[noreturn]] void Refuse(std::string_view name, std::string_view what) {
  throw Problem(ProblemKind::kBadRequest,
                "\"" + std::string(name) + "\" must be " + std::string(what) + ".");
}

std::string Text(const value& given, std::string_view name) {
  if (!given.is_string() || given.get_string().size() > kTextCharactersMax) {
    Refuse(name, "a text of at most 255 characters");
  }
  return std::string(given.get_string());
}

std::int64_t Number(const value& given, std::string_view name) {
  if (!given.is_int64() || given.get_int64() < 0 ||
      given.get_int64() > std::numeric_limits<std::int32_t>::max()) {
    Refuse(name, "a whole number from 0");
  }
  return given.get_int64();
}

Prompt PromptOf(const value& given, std::string_view name) {
  const auto text = Text(given, name);
  const auto found = std::find(kPrompts.begin(), kPrompts.end(), text);
  if (found == kPrompts.end()) Refuse(name, "off, on or forced");
  return static_cast<Prompt>(found - kPrompts.begin());
}

std::string_view NameOf(Prompt prompt) { return kPrompts[static_cast<std::size_t>(prompt)]; }

/// "2.57" or "2.57.0".
std::string ClientVersion(const value& given, std::string_view name) {
  auto text = Text(given, name);
  const auto dots = std::count(text.begin(), text.end(), '.');
  const bool fits = text.find_first_not_of("0123456789.") == std::string::npos && dots >= 1 &&
                    dots <= 2 && text.find("..") == std::string::npos && text.front() != '.' &&
                    text.back() != '.';
  if (!text.empty() && !fits) Refuse(name, "a version such as 2.57.0");
  return text;
}

std::string BaseUrl(const value& given) {
  auto text = Text(given, "base_url");
  while (text.ends_with('/')) text.pop_back();
  const bool is_url = text.starts_with("https://") || text.starts_with("http://");
  const auto rest = text.substr(std::min(text.find("://") + 3, text.size()));
  if (!text.empty() &&
      (!is_url || rest.empty() || rest.find_first_of("/?# \"<>\\") != std::string::npos)) {
    Refuse("base_url", "an address without path, such as https://proxy.example.org");
  }
  return text;
}

RecoveryMeasure MeasureOf(const value& given) {
  if (!given.is_object()) Refuse("recovery_measures", "a list of objects");
  RecoveryMeasure measure;
  for (const auto& [key, member] : given.get_object()) {
    const std::string_view name(key.data(), key.size());
    if (name == "sequence_number") {
      measure.sequence_number = Number(member, name);
    } else if (name == "type") {
      measure.type = Text(member, name);
    } else if (name == "cc_version_min") {
      measure.client_version_min = ClientVersion(member, name);
    } else if (name == "cc_version_max") {
      measure.client_version_max = ClientVersion(member, name);
    } else if (name == "app_version_min") {
      measure.app_version_min = Number(member, name);
    } else if (name == "app_version_max") {
      measure.app_version_max = Number(member, name);
    } else {
      throw Problem(ProblemKind::kBadRequest,
                    "A recovery measure has no member \"" + std::string(name) + "\".");
    }
  }
  if (std::find(kMeasureTypes.begin(), kMeasureTypes.end(), measure.type) == kMeasureTypes.end()) {
    Refuse("type",
           "app_update, app_reinstall_and_update, app_offline_reinstall_and_update, "
           "cc_update or cc_reinstall");
  }
  const bool has_client =
      !measure.client_version_min.empty() && !measure.client_version_max.empty();
  const bool has_app = measure.app_version_min >= 0 && measure.app_version_max >= 0;
  if (!has_client && !has_app) {
    throw Problem(ProblemKind::kBadRequest,
                  "A recovery measure needs a range: cc_version_min and cc_version_max, or "
                  "app_version_min and app_version_max. Phones drop one that has none.");
  }
  return measure;
}

/// As PutBuildProfiles wrote it.
BuildProfile ProfileOf(const value& given) {
  const auto& member = given.as_object();
  BuildProfile profile;
  profile.id = Text(member.at("id"), "id");
  profile.number = Number(member.at("number"), "number");
  profile.name = Text(member.at("name"), "name");
  for (const auto& language : member.at("languages").as_array()) {
    profile.languages.push_back(Text(language, "languages"));
  }
  profile.is_retired = member.at("is_retired").as_bool();
  return profile;
}

constexpr std::string_view kBuildProfiles = "build_profiles";

/// One setting: its name, how it is read.
struct Known {
  std::string_view name;
  void (*read)(AppSettings& settings, const value& given);
};

constexpr std::array kKnown{
    Known{"base_url", [](AppSettings& s, const value& v) { s.base_url = BaseUrl(v); }},
    Known{"app_prompt",
          [](AppSettings& s, const value& v) { s.app_prompt = PromptOf(v, "app_prompt"); }},
    Known{"client_prompt",
          [](AppSettings& s, const value& v) { s.client_prompt = PromptOf(v, "client_prompt"); }},
    Known{
        "prompted_version",
        [](AppSettings& s, const value& v) { s.prompted_version = Number(v, "prompted_version"); }},
    Known{"client_version",
          [](AppSettings& s, const value& v) {
            s.client_version = ClientVersion(v, "client_version");
          }},
    Known{"releases_by_location",
          [](AppSettings& s, const value& v) {
            if (!v.is_bool()) Refuse("releases_by_location", "true or false");
            s.releases_by_location = v.get_bool();
          }},
    Known{"target_package",
          [](AppSettings& s, const value& v) { s.target_package = Text(v, "target_package"); }},
    Known{"recovery_measures",
          [](AppSettings& s, const value& v) {
            if (!v.is_array() || v.get_array().size() > kMeasuresMax) {
              Refuse("recovery_measures", "a list of at most 100 objects");
            }
            s.recovery_measures.clear();
            for (const auto& measure : v.get_array()) {
              s.recovery_measures.push_back(MeasureOf(measure));
            }
          }},
    Known{kBuildProfiles, [](AppSettings& s, const value& v) {
            for (const auto& profile : v.as_array()) s.build_profiles.push_back(ProfileOf(profile));
          }}};

object ParseObject(std::string_view json, ProblemKind kind) {
  boost::system::error_code error;
  auto parsed = boost::json::parse({json.data(), json.size()}, error);
  if (error || !parsed.is_object()) throw Problem(kind, "The app's settings are no JSON object.");
  return std::move(parsed.get_object());
}

const Known* FindKnown(std::string_view name) {
  const auto found = std::find_if(kKnown.begin(), kKnown.end(),
                                  [&](const Known& known) { return known.name == name; });
  return found == kKnown.end() ? nullptr : &*found;
}

}  // namespace

AppSettings ReadAppSettings(std::string_view json) {
  AppSettings settings;
  for (const auto& [key, member] : ParseObject(json, ProblemKind::kInternal)) {
    if (const auto* known = FindKnown({key.data(), key.size()})) known->read(settings, member);
  }
  return settings;
}

std::string MergeAppSettings(std::string_view json, std::string_view changes) {
  auto stored = ParseObject(json, ProblemKind::kInternal);
  for (const auto& [key, member] : ParseObject(changes, ProblemKind::kBadRequest)) {
    const auto* known = FindKnown({key.data(), key.size()});
    if (known == nullptr) {
      std::string names;
      for (const auto& one : kKnown) names += (names.empty() ? "" : ", ") + std::string(one.name);
      throw Problem(ProblemKind::kBadRequest,
                    "An app has no setting \"" + std::string(key) + "\". Settings: " + names + ".");
    }
    if (known->name == kBuildProfiles) {
      throw Problem(ProblemKind::kBadRequest,
                    "Build profiles are made by: outpost app profile-add, and retired by: outpost "
                    "app profile-retire.");
    }
    if (member.is_null()) {
      stored.erase(key);
      continue;
    }
    AppSettings checked;
    known->read(checked, member);
    stored[key] = member;
  }
  return boost::json::serialize(stored);
}

std::string PutBuildProfiles(std::string_view json, const std::vector<BuildProfile>& profiles) {
  auto stored = ParseObject(json, ProblemKind::kInternal);
  stored[kBuildProfiles] = boost::json::parse(RenderBuildProfiles(profiles));
  return boost::json::serialize(stored);
}

std::string RenderBuildProfiles(const std::vector<BuildProfile>& profiles) {
  std::string text;
  json::Writer out(text);
  out.BeginArray();
  for (const auto& profile : profiles) {
    out.BeginObject();
    out.Member("id", profile.id);
    out.Member("number", profile.number);
    out.Member("name", profile.name);
    out.Key("languages");
    out.BeginArray();
    for (const auto& language : profile.languages) out.String(language);
    out.EndArray();
    out.Member("is_retired", profile.is_retired);
    out.EndObject();
  }
  out.EndArray();
  return text;
}

std::string RenderRecoveryMeasures(const std::vector<RecoveryMeasure>& measures) {
  std::string text;
  json::Writer out(text);
  out.BeginArray();
  for (const auto& measure : measures) {
    out.BeginObject();
    out.Member("sequence_number", measure.sequence_number);
    out.Member("type", measure.type);
    if (!measure.client_version_min.empty()) {
      out.Member("cc_version_min", measure.client_version_min);
      out.Member("cc_version_max", measure.client_version_max);
    }
    if (measure.app_version_min >= 0) {
      out.Member("app_version_min", measure.app_version_min);
      out.Member("app_version_max", measure.app_version_max);
    }
    out.EndObject();
  }
  out.EndArray();
  return text;
}

std::string RenderAppSettings(const AppSettings& settings) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("base_url", settings.base_url);
  out.Member("app_prompt", NameOf(settings.app_prompt));
  out.Member("client_prompt", NameOf(settings.client_prompt));
  out.MemberOrNull("prompted_version", settings.prompted_version);
  out.Member("client_version", settings.client_version);
  out.Member("releases_by_location", settings.releases_by_location);
  out.Member("target_package", settings.target_package);
  out.Key("recovery_measures");
  out.Raw(RenderRecoveryMeasures(settings.recovery_measures));
  out.Key(kBuildProfiles);
  out.Raw(RenderBuildProfiles(settings.build_profiles));
  out.EndObject();
  return text;
}

}  // namespace outpost::apps
