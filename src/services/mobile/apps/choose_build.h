#pragma once

#include <optional>
#include <string>

#include "domain/apps/choose.h"
#include "services/mobile/apps/app_context.h"

/// Which build a profile request gets, from its query (app delivery document 4.2).
namespace outpost::mobile {

struct ChosenBuild {
  std::optional<apps::Build> build;    // none: there is no build
  bool is_latest = false;              // an update check
  std::optional<std::string> refusal;  // body of a 406
};

ChosenBuild ChooseBuild(AppContext& context, sql::Connection& connection,
                        const http::Request& request, const apps::Named& named);

/// The newest released build for somebody, as the heartbeat tells it too: by location where the app
/// says so. `username` is full or bare; "" for nobody.
std::optional<apps::Build> NewestFor(AppContext& context, sql::Connection& connection,
                                     const projects::Project& project, const apps::Named& named,
                                     std::string_view username);

}  // namespace outpost::mobile
