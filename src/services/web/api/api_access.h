#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "domain/people/access.h"
#include "domain/people/authenticator.h"
#include "domain/projects/projects.h"
#include "http/router.h"
#include "services/web/api/api_quota.h"
#include "store/sql/database.h"

/// Who may call the data API, and the answers for those who may not (web document 1.2, 1.3, 1.6).
namespace outpost::web {

/// A caller that passed: member of the project with the route's permission.
struct ApiCaller {
  const projects::Project& project;
  const people::Account& account;
  const people::Access& access;
  sql::Connection& connection;  // for reading, during the call
};
using ApiHandler = std::function<http::Response(http::Request&, const ApiCaller&)>;

struct ApiContext {
  projects::Directory& projects;
  people::Authenticator& authenticator;
  sql::Database& database;
  ApiQuota& quota;
};

/// Whether an account with this access may use the route.
using Permission = std::function<bool(const people::Account&, const people::Access&)>;
/// access_api and this key.
Permission Needs(std::string_view key);

/// The same, and access_all_locations.
Permission NeedsEverywhere(std::string_view key);

/// The permission for what forms brought: the Submit History report.
bool MayViewSubmitHistory(const people::Account& account, const people::Access& access);

/// Whether the caller sees only what belongs to its locations: see seen_data.h, seen_locations.h.
bool IsRestrictedToLocations(const ApiCaller& caller);

/// {"error": "…"}: the shape of almost every refusal.
http::Response ApiError(int status, std::string_view told);

/// A caller of a route that belongs to no project space.
struct AccountCaller {
  const people::Account& account;
  std::int64_t key_project = 0;  // the only one that the caller's API key is good for; 0: any
  sql::Connection& connection;   // for reading, during the call
};
using AccountHandler = std::function<http::Response(http::Request&, const AccountCaller&)>;
/// Wraps a handler of "/api/…": signing in is all that it takes.
http::AsyncHandler GuardAccount(ApiContext& context, AccountHandler handler);

/// Wraps a handler of "/a/{domain}/api/…". The context must outlive the router.
http::AsyncHandler Guard(ApiContext& context, Permission permission, ApiHandler handler);
/// The same for routes that take an API key and nothing else.
http::AsyncHandler GuardApiKey(ApiContext& context, Permission permission, ApiHandler handler);

}  // namespace outpost::web
