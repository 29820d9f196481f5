#include "services/web/api/group_api.h"

#include "domain/people/groups.h"
#include "services/web/api/setup_reply.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;
using people::Group;

void WriteGroup(json::Writer& out, const Request& request, const ApiCaller& caller,
                const Group& group) {
  std::vector<std::string> users;
  for (const auto& account : people::MembersOf(caller.connection, caller.project.row, group)) {
    users.push_back(account.user_id);
  }
  out.BeginObject();
  out.Member("id", group.group_id);
  out.Member("name", group.name);
  out.Member("domain", caller.project.name);
  out.Member("case_sharing", group.shares_cases);
  out.Member("reporting", group.is_for_reports);
  WriteTextMap(out, "metadata", group.metadata);
  WriteTextList(out, "users", users);
  WriteTextList(out, "path", {});
  out.Member("resource_uri", SiblingPath(request.path, "group", group.group_id));
  out.EndObject();
}

Response ListGroups(Request& request, const ApiCaller& caller) {
  const auto groups = people::ListGroups(caller.connection, caller.project.row);
  return ReplyWithPage(request, groups.size(), [&](json::Writer& out, std::size_t index) {
    WriteGroup(out, request, caller, groups[index]);
  });
}

Response ShowGroup(Request& request, const ApiCaller& caller) {
  const auto group =
      people::FindGroup(caller.connection, caller.project.row, request.captures.at(1));
  if (!group) return ReplyNotFound();
  return ReplyWithObject([&](json::Writer& out) { WriteGroup(out, request, caller, *group); });
}

}  // namespace

void AddGroupRoutes(http::Router& router, ApiContext& context) {
  for (const auto* path : {"group/v1", "v0.5/group", "v0.4/group"}) {
    const auto base = "/a/{domain}/api/" + std::string(path);
    router.AddAsync(http::Method::kGet, base, {"api/groups"},
                    Guard(context, Needs("edit_commcare_users"), ListGroups));
    router.AddAsync(http::Method::kGet, base + "/{id}", {"api/groups"},
                    Guard(context, Needs("edit_commcare_users"), ShowGroup));
  }
}

}  // namespace outpost::web
