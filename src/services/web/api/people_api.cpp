#include "services/web/api/people_api.h"

#include <optional>

#include "base/text.h"
#include "domain/locations/assignment.h"
#include "domain/locations/user_data_parts.h"
#include "domain/people/access.h"
#include "domain/people/groups.h"
#include "domain/people/user_data.h"
#include "format/json/writer.h"
#include "services/web/api/paging.h"
#include "services/web/api/setup_reply.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;
using people::Account;

/// Where the list was asked for, without the version's alias being lost: clients join on these.
std::string UriOf(const Request& request, const Account& account, bool is_detail) {
  std::string uri = request.path;
  if (!uri.ends_with('/')) uri += '/';
  return is_detail ? uri : uri + PercentEncode(account.user_id) + "/";
}

void WritePerson(json::Writer& out, const Account& account, const people::Person& person,
                 std::string_view email) {
  const auto& numbers = person.phone_numbers;
  out.Member("id", account.user_id);
  out.Member("username", account.username);
  out.Member("first_name", person.first_name);
  out.Member("last_name", person.last_name);
  out.Member("email", email);
  out.MemberOrNull("default_phone_number",
                   numbers.empty() ? std::nullopt : std::optional<std::string>(numbers.front()));
  WriteTextList(out, "phone_numbers", numbers);
}

std::string RenderWorker(const Request& request, const ApiCaller& caller, const Account& account,
                         bool is_detail) {
  const auto project = caller.project.row;
  const auto assigned = locations::AssignmentOf(caller.connection, project, account.row);
  const auto parts =
      locations::UserDataPartsOf(caller.connection, caller.project, account, assigned);
  std::vector<std::string> groups;
  for (const auto& group : people::GroupsOf(caller.connection, project, account.row)) {
    groups.push_back(group.group_id);
  }
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  WritePerson(out, account, parts.person, parts.person.email);
  WriteTextList(out, "groups", groups);
  out.MemberOrNull("primary_location", assigned.primary.empty()
                                           ? std::nullopt
                                           : std::optional<std::string>(assigned.primary));
  WriteTextList(out, "locations", assigned.Ids());
  WriteTextMap(out, "user_data", people::ComposeApiUserData(parts));
  out.Member("eulas", "[]");
  out.Member("resource_uri", UriOf(request, account, is_detail));
  out.EndObject();
  return text;
}

std::string RenderWebUser(const Request& request, const ApiCaller& caller, const Account& account,
                          bool is_detail) {
  const auto project = caller.project.row;
  const auto access = people::AccessOf(caller.connection, account, project);
  const auto assigned = locations::AssignmentOf(caller.connection, project, account.row);
  const auto parts =
      locations::UserDataPartsOf(caller.connection, caller.project, account, assigned);
  const auto profile = parts.profile_id.empty()
                           ? std::nullopt
                           : people::FindProfile(caller.connection, project, parts.profile_id);
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  WritePerson(out, account, parts.person, account.username);
  out.Member("role", access.role_name);
  out.Member("is_admin", access.is_admin);
  out.Key("permissions");
  out.Raw(people::JsonOf(access.permissions));
  out.Member("primary_location_id", assigned.primary);
  WriteTextList(out, "assigned_location_ids", assigned.Ids());
  out.Member("profile", profile ? std::string_view(profile->name) : std::string_view());
  // Without what the server adds, which web users of CommCare HQ do not show either (2.6).
  auto own = parts.own;
  for (const auto& entry : parts.profile_fields) own[entry.first] = entry.second;
  WriteTextMap(out, "user_data", own);
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

/// The members of a group who are in that state.
Response ListGroup(const Request& request, const ApiCaller& caller, std::string_view group_id,
                   people::State state) {
  const auto group = people::FindGroup(caller.connection, caller.project.row, group_id);
  if (!group) return ApiError(400, "There is no such group.");
  std::vector<Account> members;
  for (auto& account : people::MembersOf(caller.connection, caller.project.row, *group)) {
    if (account.state == state) members.push_back(std::move(account));
  }
  return ReplyWithPage(request, members.size(), [&](json::Writer& out, std::size_t index) {
    out.Raw(RenderWorker(request, caller, members[index], false));
  });
}

Response ListWorkers(Request& request, const ApiCaller& caller) {
  const bool is_archived = request.QueryValue("archived") == "true";
  if (const auto group = request.QueryValue("group")) {
    return ListGroup(request, caller, *group,
                     is_archived ? people::State::kDeactivated : people::State::kActive);
  }
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
