#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "domain/apps/apps.h"

/// Which build a request gets (app delivery document 4.2, 4.3).
namespace outpost::apps {

enum class Target : std::uint8_t { kRelease, kBuild, kSave };
/// As phones send it: whatever is not known is a release.
Target TargetOf(std::string_view text);
/// As tools send it (4.5): none for an unknown one.
std::optional<Target> KnownTargetOf(std::string_view text);

/// The newest build that fits the target, never lower than the one that `named` names: a phone that
/// has that one keeps it. Without a released build what is named itself; an app itself means its
/// newest build, as there is no other working copy here. None: the app has no build.
std::optional<Build> ChooseLatest(sql::Connection& connection, const Named& named, Target target);
/// What is named, the newest build for the app itself.
std::optional<Build> ChooseNamed(sql::Connection& connection, const Named& named);

/// With releases by location: the build released for the nearest of `locations`, rows from a
/// worker's own location upwards; none: nothing is released for them.
std::optional<Build> ReleasedAt(sql::Connection& connection, const App& app,
                                std::span<const std::int64_t> locations);

}  // namespace outpost::apps
