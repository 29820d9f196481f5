#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "domain/apps/apps.h"

/// Which versions the resources of a new build get (app delivery document 6.3, 6.4). Private to
/// this room.
namespace outpost::apps::detail {

/// What phones may have of a resource: the newest build that held it.
struct Known {
  std::int64_t version = 0;
  std::string blob;  // of the bytes as imported
};
using KnownResources = std::map<std::string, Known, std::less<>>;

/// Of all builds of an app.
KnownResources ReadKnownResources(sql::Connection& connection, const App& app);

/// Phones fetch a file only when its version rose, and read a suite anew only then: a changed file
/// gets a version above every earlier one, one that is the same keeps its own.
/// @param declared what the archive says
/// @param app_version of the new build, above that of all builds before
std::int64_t LeafVersion(const Known* known, std::string_view blob, std::int64_t declared,
                         std::int64_t app_version);
/// Suites are read anew with every build.
std::int64_t SuiteVersion(std::int64_t declared, std::int64_t app_version);

}  // namespace outpost::apps::detail
