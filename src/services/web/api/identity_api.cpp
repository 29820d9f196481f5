#include "services/web/api/identity_api.h"

#include <boost/json.hpp>
#include <initializer_list>

#include "domain/people/access.h"
#include "format/json/writer.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

/// A text of the account's profile, "" when it has none.
std::string ProfileText(const people::Account& account, std::string_view name) {
  boost::json::error_code error;
  const auto profile = boost::json::parse(account.profile, error);
  if (error || !profile.is_object()) return "";
  const auto* text = profile.get_object().if_contains(name);
  return text == nullptr || !text->is_string() ? "" : std::string(text->get_string());
}

/// A web user's name is an address; imported accounts may have another one.
std::string EmailOf(const people::Account& account) {
  auto email = ProfileText(account, "email");
  return email.empty() ? account.username : email;
}

Response ShowIdentity(const people::Account& account) {
  if (account.kind == people::Kind::kMobileWorker) return Response::Json(403, "");
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("id", account.user_id);
  out.Member("username", account.username);
  out.Member("first_name", ProfileText(account, "first_name"));
  out.Member("last_name", ProfileText(account, "last_name"));
  out.Member("email", EmailOf(account));
  out.EndObject();
  return Response::Json(200, text);
}

bool MayViewReports(const AccountCaller& caller, const projects::Project& project) {
  const auto access = people::AccessOf(caller.connection, caller.account, project.row);
  return access.May("view_reports") || !access.permissions.view_report_list.empty();
}

Response ShowProjects(const Request& request, const AccountCaller& caller) {
  const auto flag = request.QueryValue("feature_flag").value_or("");
  if (!flag.empty())
    return ApiError(400, "'" + std::string(flag) + "' is not a valid feature flag.");
  const bool wants_reports = !request.QueryValue("can_view_reports").value_or("").empty();
  std::string objects;
  json::Writer out(objects);
  std::int64_t count = 0;
  out.BeginArray();
  for (const auto& project : people::ProjectsOf(caller.connection, caller.account)) {
    if (caller.key_project != 0 && caller.key_project != project.row) continue;
    if (wants_reports && !MayViewReports(caller, project)) continue;
    ++count;
    out.BeginObject();
    out.Member("domain_name", project.name);
    out.Member("project_name", project.display_name.empty() ? project.name : project.display_name);
    out.EndObject();
  }
  out.EndArray();
  return Response::Json(200, "{\"meta\": {\"total_count\": " + std::to_string(count) +
                                 "}, \"objects\": " + objects + "}");
}

}  // namespace

void AddIdentityRoutes(http::Router& router, ApiContext& context) {
  const auto add = [&](std::initializer_list<const char*> paths, const AccountHandler& handler) {
    for (const auto* path : paths) {
      router.AddAsync(http::Method::kGet, path, {"api/identity"}, GuardAccount(context, handler));
    }
  };
  add({"/api/identity/v1", "/api/v0.5/identity"},
      [](Request&, const AccountCaller& caller) { return ShowIdentity(caller.account); });
  add({"/api/user_domains/v1", "/api/v0.5/user_domains"},
      [](Request& request, const AccountCaller& caller) { return ShowProjects(request, caller); });
}

}  // namespace outpost::web
