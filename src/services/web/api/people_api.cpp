#include "services/web/api/people_api.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "domain/people/access.h"
#include "format/json/writer.h"
#include "services/web/api/paging.h"

namespace outpost::web {
namespace {

namespace bj = boost::json;
using http::Request;
using http::Response;
using people::Account;

bj::object ProfileOf(const Account& account) {
  boost::system::error_code error;
  auto profile = bj::parse(account.profile, error);
  return error || !profile.is_object() ? bj::object() : std::move(profile.get_object());
}

std::string TextOf(const bj::object& profile, std::string_view name) {
  const auto* text = profile.if_contains(name);
  return text == nullptr || !text->is_string() ? "" : std::string(text->get_string());
}

/// Where the list was asked for, without the version's alias being lost: clients join on these.
std::string UriOf(const Request& request, const Account& account, bool is_detail) {
  std::string uri = request.path;
  if (!uri.ends_with('/')) uri += '/';
  return is_detail ? uri : uri + PercentEncode(account.user_id) + "/";
}

void WritePerson(json::Writer& out, const Account& account, const bj::object& profile,
                 std::string_view email) {
  const auto phone = TextOf(profile, "phone_number");
  out.Member("id", account.user_id);
  out.Member("username", account.username);
  out.Member("first_name", TextOf(profile, "first_name"));
  out.Member("last_name", TextOf(profile, "last_name"));
  out.Member("email", email);
  out.MemberOrNull("default_phone_number",
                   phone.empty() ? std::nullopt : std::optional<std::string>(phone));
  out.Key("phone_numbers");
  out.BeginArray();
  if (!phone.empty()) out.String(phone);
  out.EndArray();
}

/// Locations, groups and user data follow with their rooms: until then nobody has any.
std::string RenderWorker(const Request& request, const ApiCaller& caller, const Account& account,
                         bool is_detail) {
  const auto profile = ProfileOf(account);
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  WritePerson(out, account, profile, TextOf(profile, "email"));
  out.Key("groups");
  out.Raw("[]");
  out.Key("primary_location");
  out.Null();
  out.Key("locations");
  out.Raw("[]");
  out.Key("user_data");
  out.BeginObject();
  out.Member("commcare_project", caller.project.name);
  out.EndObject();
  out.Member("eulas", "[]");
  out.Member("resource_uri", UriOf(request, account, is_detail));
  out.EndObject();
  return text;
}

std::string RenderWebUser(const Request& request, const ApiCaller& caller, const Account& account,
                          bool is_detail) {
  const auto access = people::AccessOf(caller.connection, account, caller.project.row);
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  WritePerson(out, account, ProfileOf(account), account.username);
  out.Member("role", access.role_name);
  out.Member("is_admin", access.is_admin);
  out.Key("permissions");
  out.Raw(people::JsonOf(access.permissions));
  out.Member("primary_location_id", "");
  out.Key("assigned_location_ids");
  out.Raw("[]");
  out.Member("profile", "");
  out.Key("user_data");
  out.Raw("{}");
  out.Key("tableau_role");
  out.Null();
  if (is_detail) {
    out.Key("tableau_groups");
    out.Raw("[]");
  }
  out.Member("is_active_in_domain", access.is_member);
  out.Member("eulas", "[]");
  out.Member("resource_uri", UriOf(request, account, is_detail));
  out.EndObject();
  return text;
}

using Render = std::string (*)(const Request&, const ApiCaller&, const Account&, bool is_detail);

Response ShowList(const Request& request, const ApiCaller& caller, people::MemberQuery query,
                  Render render) {
  const auto paging = ReadPaging(request, kLimitMax);
  query.offset = paging.offset;
  query.limit = paging.limit;
  const auto page = people::ListMembers(caller.connection, caller.project.row, query);
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Key("meta");
  WriteMeta(out, request, paging, page.total, paging.offset + paging.limit < page.total);
  out.Key("objects");
  out.BeginArray();
  for (const auto& account : page.members) out.Raw(render(request, caller, account, false));
  out.EndArray();
  out.EndObject();
  return Response::Json(200, text);
}

/// An unknown id is 400 here, not 404 (2.5, 2.6).
Response ShowOne(const Request& request, const ApiCaller& caller, people::Kind kind,
                 Render render) {
  const auto account = people::FindByUserId(caller.connection, request.captures.at(1));
  const bool is_worker_here =
      account && account->kind == kind && account->state != people::State::kDeleted &&
      (kind == people::Kind::kMobileWorker
           ? account->project == caller.project.row
           : people::AccessOf(caller.connection, *account, caller.project.row).is_member);
  if (!is_worker_here) return ApiError(400, "There is no such user in this project space.");
  return Response::Json(200, render(request, caller, *account, true));
}

Response ListWorkers(Request& request, const ApiCaller& caller) {
  if (request.QueryValue("group")) return ApiError(400, "There is no such group.");
  const bool is_archived = request.QueryValue("archived") == "true";
  return ShowList(request, caller,
                  {people::Kind::kMobileWorker,
                   is_archived ? people::State::kDeactivated : people::State::kActive,
                   {},
                   0,
                   0},
                  RenderWorker);
}

Response ListWebUsers(Request& request, const ApiCaller& caller) {
  const std::string name(request.QueryValue("web_username").value_or(""));
  return ShowList(request, caller, {people::Kind::kWebUser, people::State::kActive, name, 0, 0},
                  RenderWebUser);
}

}  // namespace

void AddPeopleRoutes(http::Router& router, ApiContext& context) {
  const auto add = [&](const std::string& path, std::string_view permission,
                       const ApiHandler& handler) {
    router.AddAsync(http::Method::kGet, path, {"api/people"},
                    Guard(context, Needs(permission), handler));
  };
  const std::string base = "/a/{domain}/api/";
  for (const auto* path : {"user/v1", "v0.5/user", "v0.4/user"}) {
    add(base + path, "edit_commcare_users", ListWorkers);
    add(base + path + "/{id}", "edit_commcare_users",
        [](Request& request, const ApiCaller& caller) {
          return ShowOne(request, caller, people::Kind::kMobileWorker, RenderWorker);
        });
  }
  for (const auto* path : {"web-user/v1", "v0.5/web-user"}) {
    add(base + path, "edit_web_users", ListWebUsers);
    add(base + path + "/{id}", "edit_web_users", [](Request& request, const ApiCaller& caller) {
      return ShowOne(request, caller, people::Kind::kWebUser, RenderWebUser);
    });
  }
  // No message was sent yet: the empty page that export clients understand (2.14).
  for (const auto* path : {"messaging-event/v1", "v0.5/messaging-event"}) {
    add(base + path, "edit_data", [](Request& request, const ApiCaller&) {
      const auto paging = ReadPaging(request, kLimitMax);
      return Response::Json(200, "{\"meta\": {\"limit\": " + std::to_string(paging.limit) +
                                     ", \"next\": null}, \"objects\": []}");
    });
  }
}

}  // namespace outpost::web
