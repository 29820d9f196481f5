#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What an operator sets for an app, kept as one JSON object in its row (app delivery document 8,
/// 9, 14.1). Members that a newer release wrote are kept and ignored.
namespace outpost::apps {

/// Whether phones are told of a newer version, and whether they may put it off.
enum class Prompt : std::uint8_t { kOff, kOn, kForced };

/// A repair that phones do by themselves (9). Ranges include both ends; "" and -1: no such range.
struct RecoveryMeasure {
  std::int64_t sequence_number = 0;
  std::string type;
  std::string client_version_min, client_version_max;
  std::int64_t app_version_min = -1, app_version_max = -1;
};

/// A variant of the app's builds with some of its languages. Only whether it is retired changes.
struct BuildProfile {
  std::string id;           // 32 hex digits
  std::int64_t number = 0;  // of its short address, from 1
  std::string name;         // for people
  std::vector<std::string> languages;
  bool is_retired = false;  // offered no more
};
inline constexpr std::size_t kBuildProfileNameBytesMax = 255;

struct AppSettings {
  /// In front of every address of a new build: "https://proxy.example.org"; "" is the server's own.
  std::string base_url;
  Prompt app_prompt = Prompt::kOff;
  Prompt client_prompt = Prompt::kOff;
  /// The version that phones are told of; none: the newest released one.
  std::optional<std::int64_t> prompted_version;
  /// Of the client, "2.57.0"; "": phones are told of none.
  std::string client_version;
  /// Which build is the newest may depend on the user's location.
  bool releases_by_location = false;
  /// Package of the client that `download_target_version` names; "": none.
  std::string target_package;
  std::vector<RecoveryMeasure> recovery_measures;
  std::vector<BuildProfile> build_profiles;
};

/// @throws Problem kInternal when the stored text is no JSON object.
AppSettings ReadAppSettings(std::string_view json);

/// The stored object with `changes`, a JSON object, put over it; null takes a member out.
/// @throws Problem kBadRequest for an unknown name or a value that does not fit, and for build
/// profiles, which have commands of their own.
std::string MergeAppSettings(std::string_view json, std::string_view changes);
/// The stored object with these build profiles.
std::string PutBuildProfiles(std::string_view json, const std::vector<BuildProfile>& profiles);

/// As a JSON list, the way phones and commands read it.
std::string RenderRecoveryMeasures(const std::vector<RecoveryMeasure>& measures);

/// As a JSON list.
std::string RenderBuildProfiles(const std::vector<BuildProfile>& profiles);

/// Every setting by name, as commands show them.
std::string RenderAppSettings(const AppSettings& settings);

}  // namespace outpost::apps
