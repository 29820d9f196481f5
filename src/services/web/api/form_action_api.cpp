#include "services/web/api/form_action_api.h"

#include "base/problem.h"
#include "services/web/api/case_v2_payload.h"
#include "services/web/api/setup_reply.h"
#include "services/web/api/write_body.h"

namespace outpost::web {
namespace {

using form_actions::Action;
using http::Request;
using http::Response;

constexpr std::string_view kBase = "/a/{domain}/api/form/v1/bulk-action";

std::optional<std::string> TimeOf(const std::optional<Instant>& at) {
  return at ? std::optional(FormatT6(*at)) : std::nullopt;
}

using Skipped = std::map<std::string, std::vector<std::string>>;

Response Show(const Request& request, const ApiCaller& caller, int status, const Action& action,
              const Skipped& skipped) {
  const auto path = "/a/" + caller.project.name + "/api/form/v1/bulk-action/" + action.action_id;
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("id", action.action_id);
  out.Member("action", NameOf(action.kind));
  out.Member("status", NameOf(action.status));
  out.Member("requested_by", action.username);
  out.Member("requested", action.requested);
  out.Member("processed", action.processed);
  out.Member("succeeded", action.succeeded);
  out.Key("skipped");
  out.BeginObject();
  for (const auto& [reason, ids] : skipped) WriteTextList(out, reason, ids);
  out.EndObject();
  out.Member("created_at", FormatT6(action.created_on));
  out.MemberOrNull("started_at", TimeOf(action.started_on));
  out.MemberOrNull("completed_at", TimeOf(action.completed_on));
  out.Member("status_url", Absolute(request, path + "/"));
  out.EndObject();
  return Response::Json(status, text);
}

form_actions::Asked AskedBy(const Request& request, const ApiCaller& caller) {
  const auto body = ReadJsonBody(request.body);
  const auto& object = RequireObject(body);
  const auto kind = form_actions::KindOf(SentText(object, "action").value_or(""));
  if (!kind) {
    throw Problem(ProblemKind::kBadRequest,
                  "'action' must be archive, unarchive, delete or reprocess.");
  }
  auto ids = SentTextList(object, "form_ids");
  if (!ids) throw Problem(ProblemKind::kBadRequest, "'form_ids' is required.");
  return {*kind, caller.account.username, caller.account.user_id, std::move(*ids)};
}

Response Start(FormActionContext& context, Request& request, const ApiCaller& caller) {
  const auto asked = AskedBy(request, caller);
  Action action;
  context.writer.Run(caller.project.row, [&](sql::Batch& batch) {
    action = form_actions::Begin(batch, caller.project.row, asked);
  });
  context.worker.Wake();
  return Show(request, caller, 202, action, {});
}

Response ShowOne(Request& request, const ApiCaller& caller) {
  const auto action =
      form_actions::Find(caller.connection, caller.project.row, request.captures.at(1));
  if (!action) return ApiError(404, "There is no such action.");
  return Show(request, caller, 200, *action,
              form_actions::SkippedOf(caller.connection, action->row));
}

}  // namespace

void AddFormActionRoutes(http::Router& router, FormActionContext& context) {
  http::RouteOptions options{"api/form_action"};
  options.body_bytes_max = kFormActionBodyBytesMax;
  router.AddAsync(http::Method::kPost, kBase, options,
                  GuardApiKey(context.api, NeedsEverywhere("edit_data"),
                              [&context](Request& request, const ApiCaller& caller) {
                                return Start(context, request, caller);
                              }));
  router.AddAsync(http::Method::kGet, std::string(kBase) + "/{id}", options,
                  GuardApiKey(context.api, NeedsEverywhere("edit_data"), ShowOne));
}

}  // namespace outpost::web
