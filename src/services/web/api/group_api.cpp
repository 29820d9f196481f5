#include "services/web/api/group_api.h"

#include <optional>

#include "base/problem.h"
#include "domain/people/groups.h"
#include "services/web/api/case_v2_payload.h"
#include "services/web/api/setup_reply.h"
#include "services/web/api/write_body.h"

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

/// What a client says about a group; what it leaves out is empty.
struct Sent {
  std::string group_id;
  std::optional<std::string> name;
  std::optional<bool> shares_cases, is_for_reports;
  std::optional<std::map<std::string, std::string>> metadata;
  std::optional<std::vector<std::string>> users;
};

Sent ReadGroup(const boost::json::object& from) {
  return {SentText(from, "id").value_or(""), SentText(from, "name"),
          SentFlag(from, "case_sharing"),    SentFlag(from, "reporting"),
          SentTextMap(from, "metadata"),     SentTextList(from, "users")};
}

void Put(Group& group, const Sent& sent) {
  if (sent.name) group.name = *sent.name;
  if (sent.shares_cases) group.shares_cases = *sent.shares_cases;
  if (sent.is_for_reports) group.is_for_reports = *sent.is_for_reports;
  if (sent.metadata) group.metadata = *sent.metadata;
}

void RequireFreeName(sql::Connection& connection, std::int64_t project, const Group& group) {
  for (const auto& other : people::ListGroups(connection, project)) {
    if (other.name != group.name || other.group_id == group.group_id) continue;
    throw Problem(ProblemKind::kBadRequest, "A group with name " + group.name + " already exists");
  }
}

Group Create(sql::Batch& batch, std::int64_t project, const Sent& sent) {
  Group group;
  Put(group, sent);
  RequireFreeName(batch.connection(), project, group);
  auto created = people::CreateGroup(batch, project, group);
  if (sent.users) people::SetMembers(batch, project, created, *sent.users);
  return created;
}

Group Change(sql::Batch& batch, std::int64_t project, const Sent& sent) {
  auto group = people::FindGroup(batch.connection(), project, sent.group_id);
  if (!group) throw Problem(ProblemKind::kNotFound, "There is no group " + sent.group_id + ".");
  const auto name = group->name;
  Put(*group, sent);
  if (group->name != name) RequireFreeName(batch.connection(), project, *group);
  people::ChangeGroup(batch, project, *group);
  if (sent.users) people::SetMembers(batch, project, *group, *sent.users);
  return std::move(*group);
}

/// As one commit: a problem with the members undoes the group.
Group Write(sql::Writer& writer, std::int64_t project, const Sent& sent) {
  Group written;
  writer.Run(project, [&](sql::Batch& batch) {
    written = sent.group_id.empty() ? Create(batch, project, sent) : Change(batch, project, sent);
  });
  return written;
}

Response PostGroup(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  try {
    const auto body = ReadJsonBody(request.body);
    auto sent = ReadGroup(RequireObject(body));
    sent.group_id.clear();
    const auto created = Write(writer, caller.project.row, sent);
    auto response = ReplyWithObject([&](json::Writer& out) {
      out.BeginObject();
      out.Member("id", created.group_id);
      out.EndObject();
    });
    response.status = 201;
    return response;
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kBadRequest) throw;
    return ErrorMessage(400, problem.told());
  }
}

Response PutGroup(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  const auto body = ReadJsonBody(request.body);
  auto sent = ReadGroup(RequireObject(body));
  sent.group_id = request.captures.at(1);
  try {
    const auto group = Write(writer, caller.project.row, sent);
    return ReplyWithObject([&](json::Writer& out) { WriteGroup(out, request, caller, group); });
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kNotFound) throw;
    return ErrorMessage(404, problem.told());
  }
}

Response DeleteGroup(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  const auto& id = request.captures.at(1);
  bool is_gone = false;
  writer.Run(caller.project.row, [&](sql::Batch& batch) {
    const auto group = people::FindGroup(batch.connection(), caller.project.row, id);
    is_gone = group.has_value();
    if (group) people::DeleteGroup(batch, caller.project.row, *group);
  });
  if (!is_gone) return ErrorMessage(404, "There is no group " + id + ".");
  return Response::Text(204, "");
}

/// Each on its own: of each its id, or what is wrong with it.
Response PatchGroups(sql::Writer& writer, const Request& request, const ApiCaller& caller) {
  const auto body = ReadJsonBody(request.body);
  const auto* objects = SentList(RequireObject(body), "objects");
  if (objects == nullptr) throw Problem(ProblemKind::kBadRequest, "'objects' is required.");
  if (objects->size() > kGroupsPerRequestMax) {
    throw Problem(ProblemKind::kBadRequest, "At most 500 groups at a time.");
  }
  int status = 202;
  std::string text;
  json::Writer out(text);
  out.BeginArray();
  for (const auto& one : *objects) {
    try {
      out.String(Write(writer, caller.project.row, ReadGroup(RequireObject(one))).group_id);
    } catch (const Problem& problem) {
      if (HttpStatusOf(problem.kind()) >= 500) throw;
      out.String(problem.told());
      status = 400;
    }
  }
  out.EndArray();
  return Response::Json(status, text);
}

}  // namespace

void AddGroupRoutes(http::Router& router, ApiContext& context, sql::Writer& writer) {
  using http::Method;
  using Writing = Response (*)(sql::Writer&, const Request&, const ApiCaller&);
  const auto add = [&](Method method, const std::string& path, const ApiHandler& handler) {
    router.AddAsync(method, path, {"api/groups"},
                    Guard(context, Needs("edit_commcare_users"), handler));
  };
  const auto add_writing = [&](Method method, const std::string& path, Writing handler) {
    add(method, path, [&writer, handler](Request& request, const ApiCaller& caller) {
      return handler(writer, request, caller);
    });
  };
  for (const auto* path : {"group/v1", "v0.5/group", "v0.4/group"}) {
    const auto base = "/a/{domain}/api/" + std::string(path);
    add(Method::kGet, base, ListGroups);
    add(Method::kGet, base + "/{id}", ShowGroup);
    add_writing(Method::kPost, base, PostGroup);
    add_writing(Method::kPatch, base, PatchGroups);
    add_writing(Method::kPut, base + "/{id}", PutGroup);
    add_writing(Method::kDelete, base + "/{id}", DeleteGroup);
  }
}

}  // namespace outpost::web
