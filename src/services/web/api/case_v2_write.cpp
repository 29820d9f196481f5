#include "services/web/api/case_v2_write.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/problem.h"
#include "base/text.h"
#include "domain/cases/case_store.h"
#include "services/web/api/case_v2_payload.h"
#include "services/web/api/case_v2_routes.h"
#include "services/web/api/case_v2_view.h"
#include "services/web/api/seen_data.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;
using intake::CaseUpdate;
using Mode = CaseUpdate::Mode;

/// What was asked for, read before anything is changed.
struct Asked {
  std::vector<CaseUpdate> updates;
  bool is_list = false;
  FieldSelection selection;
};

/// Header bytes may be anything; a form holds characters.
std::string DeviceIdOf(const Request& request) {
  std::string text(request.headers.Find("User-Agent").value_or(""));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text.substr(0, kDeviceIdCharactersMax);
}

std::string NameOf(const CaseUpdate& update) {
  if (!update.case_id.empty()) return update.case_id;
  return update.external_id.value_or(update.temporary_id);
}

/// Whether the caller sees every case that is meant. What is not there is told of later.
bool SeesMeant(const ApiCaller& caller, const sql::Database& database, const Reach& reach,
               const CaseUpdate& update) {
  if (update.mode == Mode::kCreate) return true;
  std::vector<std::string> ids = {update.case_id};
  if (update.case_id.empty()) {
    ids = cases::IdsWithExternalId(caller.connection, caller.project.row,
                                   update.external_id.value_or(""));
  }
  const auto found = cases::FindCases(caller.connection, database, caller.project.row, ids);
  return std::all_of(found.begin(), found.end(),
                     [&](const auto& one) { return !one || reach.Sees(*one); });
}

/// One who is restricted to locations changes what it sees, and gives cases to whom it reaches.
std::optional<Response> RefuseRestricted(const ApiCaller& caller, const sql::Database& database,
                                         const Asked& asked) {
  if (!IsRestrictedToLocations(caller)) return std::nullopt;
  const auto reach = ReachOf(caller);
  for (const auto& update : asked.updates) {
    const bool keeps_owner = !update.owner_id || reach.HasOwner(*update.owner_id);
    if (keeps_owner && SeesMeant(caller, database, reach, update)) continue;
    return ApiError(403, "Insufficient permission for Case '" + NameOf(update) + "'");
  }
  return std::nullopt;
}

/// The form was kept with the reason why it has no effect.
Response TellProblem(const intake::Receipt& receipt) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("error", receipt.problem);
  out.Member("form_id", receipt.form_id);
  out.EndObject();
  return Response::Json(400, text);
}

Response ShowCases(const ApiCaller& caller, const sql::Database& database, const Asked& asked,
                   const intake::CaseUpdateResult& result) {
  const auto found =
      cases::FindCases(caller.connection, database, caller.project.row, result.case_ids);
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("form_id", result.receipt.form_id);
  out.Key(asked.is_list ? "cases" : "case");
  if (asked.is_list) out.BeginArray();
  for (std::size_t i = 0; i < found.size(); ++i) {
    WriteFoundV2(out, found[i], caller.project.name, asked.selection,
                 {"case_id", result.case_ids[i]});
  }
  if (asked.is_list) out.EndArray();
  out.EndObject();
  return Response::Json(200, text);
}

Response Change(const ApiCaller& caller, const intake::CaseUpdateStores& stores,
                const Request& request, Asked asked) {
  if (auto refused = RefuseRestricted(caller, stores.database, asked)) return std::move(*refused);
  intake::CaseUpdates updates;
  updates.project = std::make_shared<const projects::Project>(caller.project);
  updates.xmlns = kCaseApiXmlns;
  updates.device_id = DeviceIdOf(request);
  updates.user_id = caller.account.user_id;
  updates.username = caller.account.username;
  updates.updates = std::move(asked.updates);
  const auto result = intake::UpdateCases(stores, caller.connection, updates);
  if (result.receipt.outcome != intake::Outcome::kProcessed) return TellProblem(result.receipt);
  return ShowCases(caller, stores.database, asked, result);
}

/// The object of a request whose address names the case: with that name in its place.
boost::json::object WithName(boost::json::object from, std::string_view field,
                             const std::string& name) {
  const auto* sent = from.if_contains(field);
  if (sent != nullptr && !sent->is_null() && *sent != boost::json::value(name)) {
    throw Problem(ProblemKind::kBadRequest,
                  "The " + std::string(field) + " in the payload is not the one in the address.");
  }
  from[field] = name;
  return from;
}

/// POST and PUT of the collection: an object in this mode, or a list whose rows say their own.
Asked ReadCollection(const Request& request, Mode mode) {
  const auto body = ReadJsonBody(request.body);
  Asked asked;
  asked.selection = ReadFieldSelection(request.query);
  asked.is_list = body.is_array();
  if (asked.is_list) {
    asked.updates = ReadCaseUpdates(body.get_array());
  } else {
    asked.updates.push_back(ReadCaseUpdate(RequireObject(body), mode));
  }
  return asked;
}

/// PUT of one case that the address names by `field`.
Asked ReadNamed(const Request& request, Mode mode, std::string_view field) {
  const auto body = ReadJsonBody(request.body);
  Asked asked;
  asked.selection = ReadFieldSelection(request.query);
  asked.updates.push_back(
      ReadCaseUpdate(WithName(RequireObject(body), field, request.captures.at(1)), mode));
  return asked;
}

}  // namespace

void AddCaseV2WriteRoutes(http::Router& router, ApiContext& context,
                          const intake::CaseUpdateStores& stores) {
  using http::Method;
  const auto add = [&](Method method, std::string_view below, auto read) {
    AddCaseV2Route(router, context, method, below,
                   [&stores, read](Request& request, const ApiCaller& caller) {
                     return Change(caller, stores, request, read(request));
                   });
  };
  add(Method::kPost, "", [](const Request& r) { return ReadCollection(r, Mode::kCreate); });
  add(Method::kPut, "", [](const Request& r) { return ReadCollection(r, Mode::kUpdate); });
  add(Method::kPut, "/ext/{external_id...}",
      [](const Request& r) { return ReadNamed(r, Mode::kUpsert, "external_id"); });
  add(Method::kPut, "/{id}",
      [](const Request& r) { return ReadNamed(r, Mode::kUpdate, "case_id"); });
}

}  // namespace outpost::web
