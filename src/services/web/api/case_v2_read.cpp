#include "services/web/api/case_v2_read.h"

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

/// Answers `{"cases": […], "matching_records": n, "missing_records": m}`.
class Envelope {
 public:
  Envelope(const ApiCaller& caller, const FieldSelection& selection)
      : project_(caller.project.name), selection_(selection), out_(text_) {
    out_.BeginObject();
    out_.Key("cases");
    out_.BeginArray();
  }
  void Put(const std::optional<cases::Case>& found, const AskedId& asked) {
    ++(WriteFoundV2(out_, found, project_, selection_, asked) ? matching_ : missing_);
  }
  Response Finish() {
    out_.EndArray();
    out_.Member("matching_records", matching_);
    out_.Member("missing_records", missing_);
    out_.EndObject();
    return Response::Json(200, std::move(text_));
  }

 private:
  const std::string& project_;
  const FieldSelection& selection_;
  std::string text_;
  json::Writer out_;
  std::int64_t matching_ = 0, missing_ = 0;
};

void CheckCount(std::size_t count) {
  if (count <= kCaseV2IdsMax) return;
  throw Problem(ProblemKind::kBadRequest, "You cannot request more than " +
                                              std::to_string(kCaseV2IdsMax) + " cases at a time.");
}

std::vector<std::optional<cases::Case>> FindVisible(const ApiCaller& caller,
                                                    const sql::Database& database,
                                                    const Reach& reach,
                                                    const std::vector<std::string>& ids) {
  auto found = cases::FindCases(caller.connection, database, caller.project.row, ids);
  for (auto& one : found) {
    if (one && !reach.Sees(*one)) one.reset();
  }
  return found;
}

Response GetOne(const ApiCaller& caller, const sql::Database& database, const std::string& id,
                const FieldSelection& selection) {
  const auto found = FindVisible(caller, database, ReachOf(caller), {id}).front();
  if (!found || found->is_deleted) return CaseNotFound(id);
  return Response::Json(200, RenderCaseV2(*found, caller.project.name, selection));
}

Response GetSeveral(const ApiCaller& caller, const sql::Database& database, std::string_view list,
                    const FieldSelection& selection) {
  std::vector<std::string> ids;
  for (const auto id : Split(list, ',')) {
    if (!id.empty()) ids.emplace_back(id);
  }
  CheckCount(ids.size());
  const auto found = FindVisible(caller, database, ReachOf(caller), ids);
  Envelope envelope(caller, selection);
  for (std::size_t i = 0; i < ids.size(); ++i) envelope.Put(found[i], {"case_id", ids[i]});
  return envelope.Finish();
}

/// Of these cases those that the caller sees.
std::vector<std::string> VisibleIds(const ApiCaller& caller, const sql::Database& database,
                                    const Reach& reach, std::vector<std::string> ids) {
  if (reach.is_whole) return ids;
  std::vector<std::string> seen;
  for (const auto& found : FindVisible(caller, database, reach, ids)) {
    if (found) seen.push_back(found->case_id);
  }
  return seen;
}

Response GetByExternalId(const ApiCaller& caller, const sql::Database& database,
                         const std::string& external_id, const FieldSelection& selection) {
  const auto ids =
      VisibleIds(caller, database, ReachOf(caller),
                 cases::IdsWithExternalId(caller.connection, caller.project.row, external_id));
  if (ids.empty()) return CaseNotFound(external_id);
  if (ids.size() == 1) {
    const auto found =
        cases::FindCase(caller.connection, database, caller.project.row, ids.front());
    if (!found || found->is_deleted) return CaseNotFound(external_id);
    return Response::Json(200, RenderCaseV2(*found, caller.project.name, selection));
  }
  std::string told = "Multiple cases found with external_id '" + external_id + "': ";
  for (std::size_t i = 0; i < ids.size(); ++i) told += (i > 0 ? ", " : "") + ids[i];
  return ApiError(400, told);
}

/// A list of ids in the body of a bulk fetch; an absent one is empty.
std::vector<std::string> ReadIds(const boost::json::object& from, std::string_view name) {
  std::vector<std::string> ids;
  const auto* sent = from.if_contains(name);
  if (sent == nullptr || sent->is_null()) return ids;
  const auto refuse = [&] {
    throw Problem(ProblemKind::kBadRequest,
                  "'" + std::string(name) + "' must be a list of strings.");
  };
  if (!sent->is_array()) refuse();
  for (const auto& id : sent->get_array()) {
    if (!id.is_string()) refuse();
    ids.emplace_back(std::string_view(id.get_string()));
  }
  return ids;
}

/// The case of each external id; of several cases with the same one the oldest.
std::vector<std::optional<cases::Case>> FindByExternalIds(const ApiCaller& caller,
                                                          const sql::Database& database,
                                                          const Reach& reach,
                                                          const std::vector<std::string>& wanted) {
  std::vector<std::optional<cases::Case>> found(wanted.size());
  const auto ids = cases::IdsWithExternalIds(caller.connection, caller.project.row, wanted);
  std::vector<std::string> case_ids;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto visible = VisibleIds(caller, database, reach, ids[i]);
    if (visible.empty()) continue;
    case_ids.push_back(visible.front());
    places.push_back(i);
  }
  auto cases = FindVisible(caller, database, reach, case_ids);
  for (std::size_t i = 0; i < places.size(); ++i) found[places[i]] = std::move(cases[i]);
  return found;
}

Response BulkFetch(const ApiCaller& caller, const sql::Database& database, const Request& request) {
  const auto selection = ReadFieldSelection(request.query);
  const auto body = ReadJsonBody(request.body);
  const auto case_ids = ReadIds(RequireObject(body), "case_ids");
  const auto external_ids = ReadIds(RequireObject(body), "external_ids");
  if (case_ids.empty() && external_ids.empty()) {
    return ApiError(400, "Payload must include 'case_ids' or 'external_ids' fields");
  }
  CheckCount(case_ids.size() + external_ids.size());
  const auto reach = ReachOf(caller);
  const auto by_id = FindVisible(caller, database, reach, case_ids);
  const auto by_external_id = FindByExternalIds(caller, database, reach, external_ids);
  Envelope envelope(caller, selection);
  for (std::size_t i = 0; i < case_ids.size(); ++i) {
    envelope.Put(by_id[i], {"case_id", case_ids[i]});
  }
  for (std::size_t i = 0; i < external_ids.size(); ++i) {
    envelope.Put(by_external_id[i], {"external_id", external_ids[i]});
  }
  return envelope.Finish();
}

}  // namespace

void AddCaseV2ReadRoutes(http::Router& router, ApiContext& context) {
  const auto& database = context.database;
  AddCaseV2Route(router, context, http::Method::kPost, "/bulk-fetch",
                 [&database](Request& request, const ApiCaller& caller) {
                   return BulkFetch(caller, database, request);
                 });
  AddCaseV2Route(router, context, http::Method::kGet, "/ext/{external_id...}",
                 [&database](Request& request, const ApiCaller& caller) {
                   return GetByExternalId(caller, database, request.captures.at(1),
                                          ReadFieldSelection(request.query));
                 });
  AddCaseV2Route(router, context, http::Method::kGet, "/{ids}",
                 [&database](Request& request, const ApiCaller& caller) {
                   const auto selection = ReadFieldSelection(request.query);
                   const auto& ids = request.captures.at(1);
                   return ids.find(',') == std::string::npos
                              ? GetOne(caller, database, ids, selection)
                              : GetSeveral(caller, database, ids, selection);
                 });
}

}  // namespace outpost::web
