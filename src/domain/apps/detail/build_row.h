#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/apps/apps.h"

/// Rows of app_builds. Private to this room.
namespace outpost::apps::detail {

inline constexpr std::string_view kBuildColumns =
    "SELECT id, app, build_id, version, name, comment, built_on, built_by, base_url, languages, "
    "content_hash, has_media, is_released, released_on FROM app_builds ";

Build BuildOf(const sql::Rows& row);
std::string JsonOf(const std::vector<std::string>& texts);

}  // namespace outpost::apps::detail
