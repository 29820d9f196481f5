#include "services/mobile/search/search_route.h"

#include <algorithm>
#include <utility>

#include "base/problem.h"
#include "domain/cases/case_store.h"
#include "domain/sync/results_fixture.h"
#include "http/form_fields.h"
#include "services/mobile/search/case_matcher.h"
#include "services/mobile/search/related_cases.h"
#include "services/mobile/search/search_params.h"

namespace outpost::mobile {
namespace {

using http::Request;
using http::Response;

/// A search waits so long for the lists to show what was acknowledged before it.
constexpr std::int64_t kFreshWaitMicros = 2'000'000;

Response Results(const std::string& body) {
  return Response::Text(200, body, "text/xml; charset=utf-8");
}

std::string Wrapped(const std::string& results) {
  if (results.empty()) return "<results id=\"case\"/>";
  return std::string(sync::kResultsStart) + results + std::string(sync::kResultsEnd);
}

/// Conditions that the lists have columns for, or the token index, narrow the rows that are looked
/// into.
lists::Selection SelectionOf(const SearchParams& params, std::int64_t project) {
  lists::Selection selection;
  selection.subject = lists::Subject::kCases;
  selection.project = project;
  selection.is_closed = false;
  selection.equals.push_back({lists::Field::kType, params.case_types});
  if (params.owner_id) selection.equals.push_back({lists::Field::kOwner, {*params.owner_id}});
  for (const auto& filter : params.filters) {
    if (!filter.path.empty() || filter.or_blank || filter.dates) continue;
    if (filter.property == "case_name" || filter.property == "name") {
      selection.equals.push_back({lists::Field::kName, filter.any_of});
    } else if (filter.property == "external_id") {
      selection.equals.push_back({lists::Field::kExternalId, filter.any_of});
    } else if (std::all_of(filter.any_of.begin(), filter.any_of.end(), search::IsPlainProperty)) {
      selection.needles.push_back(search::PropertyNeedle(filter.property, filter.any_of));
    }
  }
  selection.order = {{lists::Field::kIndexedOn, true}};
  return selection;
}

/// Found cases in the order asked for. A sorted search has to see all that fit before it knows the
/// first ones.
std::vector<cases::Case> Search(SearchContext& context, sql::Connection& connection,
                                std::int64_t project, const SearchParams& params) {
  context.feeder.WaitFor(context.writer.committed_seq(), kFreshWaitMicros);
  const sql::Database& database = context.phone.database;
  const FindAncestor find = [&](const std::string& id) {
    auto found = cases::FindCase(connection, database, project, id);
    return found && !found->is_deleted ? std::move(found) : std::optional<cases::Case>();
  };
  const std::int64_t wanted = params.sort.empty() ? std::int64_t{kFoundMax} : lists::kLookedAtMax;
  std::vector<cases::Case> found;
  context.lists.Find(SelectionOf(params, project), 0, wanted, [&](const lists::Listed& listed) {
    auto c = cases::FindCaseByRow(connection, project, listed.row);
    if (!c || !Matches(*c, params, find)) return false;
    found.push_back(std::move(*c));
    return true;
  });
  Sort(found, params.sort);
  if (found.size() > kFoundMax) found.resize(kFoundMax);
  return found;
}

Response AnswerSearch(SearchContext& context, const Request& request, const PhoneCaller& caller) {
  const auto params = ReadSearchParams(http::FormFields(request));
  const auto project = caller.project->row;
  const auto connection = context.phone.database.Read();
  const auto found = Search(context, *connection, project, params);
  std::string results;
  for (const auto& c : found) sync::AppendResult(results, c, {true, false, {}});
  for (const auto& c : RelatedTo(*connection, context.phone.database, project, found, params)) {
    sync::AppendResult(results, c, {false, true, {}});
  }
  return Results(Wrapped(results));
}

std::string NotFound(const std::vector<std::string>& ids) {
  if (ids.size() == 1) return "Case '" + ids.front() + "' not found";
  std::string all;
  for (const auto& id : ids) all += (all.empty() ? "" : ",") + id;
  return "Cases '" + all + "' not found";
}

Response AnswerFixture(SearchContext& context, const Request& request, const PhoneCaller& caller) {
  const auto fields = http::FormFields(request);
  const auto ids = http::ValuesOf(fields, "case_id");
  const auto types = http::ValuesOf(fields, "case_type");
  if (ids.empty() && types.empty()) {
    return Response::Text(400, "'case_id', 'case_type' are required parameters");
  }
  if (ids.empty()) return Response::Text(400, "'case_id' is a required parameter");
  if (types.empty()) return Response::Text(400, "'case_type' is a required parameter");
  if (ids.size() > kNamedCasesMax) return Response::Text(400, "At most 500 cases can be named.");
  const auto project = caller.project->row;
  const sql::Database& database = context.phone.database;
  const auto connection = context.phone.database.Read();
  std::vector<cases::Case> named;
  std::vector<std::string> missing;
  const auto found = cases::FindCases(*connection, database, project, ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const bool is_there = found[i] && !found[i]->is_deleted &&
                          std::find(types.begin(), types.end(), found[i]->type) != types.end();
    if (is_there) {
      named.push_back(*found[i]);
    } else {
      missing.push_back(ids[i]);
    }
  }
  if (!missing.empty()) return Response::Text(404, NotFound(missing));
  std::string results;
  for (const auto& c : NetworkOf(*connection, database, project, named)) {
    sync::AppendResult(results, c, {false, false, caller.project->name});
  }
  return Results(Wrapped(results));
}

using Answer = Response (*)(SearchContext&, const Request&, const PhoneCaller&);

/// Refusals are plain text, which phones show.
Response Told(SearchContext& context, const Request& request, const PhoneCaller& caller,
              Answer answer) {
  if (!caller.project->settings.has_case_search) {
    return Response::Text(404, "Case search is not enabled for this project space.");
  }
  try {
    return answer(context, request, caller);
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kBadRequest) throw;
    return Response::Text(400, problem.told());
  }
}

void Add(http::Router& router, SearchContext& context, std::string_view pattern, Answer answer) {
  for (const auto method : {http::Method::kGet, http::Method::kPost}) {
    router.AddAsync(
        method, pattern, {"case-search", http::Group::kSync, kSearchBytesMax},
        [&context, answer](Request& request, http::Responder responder) {
          AdmitPhone(context.phone, request, std::move(responder), {},
                     [&context, &request, answer](const PhoneCaller& caller,
                                                  const std::shared_ptr<http::Responder>& waiting) {
                       auto response = Told(context, request, caller, answer);
                       waiting->Send(std::move(response));
                     });
        });
  }
}

}  // namespace

void AddSearchRoutes(http::Router& router, SearchContext& context) {
  Add(router, context, "/a/{domain}/phone/search", AnswerSearch);
  Add(router, context, "/a/{domain}/phone/search/{app}", AnswerSearch);
  Add(router, context, "/a/{domain}/phone/case_fixture/{app}", AnswerFixture);
  Add(router, context, "/a/{domain}/phone/registry_case/{app}", AnswerFixture);
}

}  // namespace outpost::mobile
