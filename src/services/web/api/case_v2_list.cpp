#include "services/web/api/case_v2_list.h"

#include "base/text.h"
#include "domain/cases/case_relations.h"
#include "domain/cases/case_store.h"
#include "services/web/api/case_v2_question.h"
#include "services/web/api/list_params.h"
#include "services/web/api/seen_data.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

/// Cases that an index leads from are found in the primary database.
void TakeIndices(const CaseV2Question& question, const ApiCaller& caller,
                 const sql::Database& database, lists::Selection& selection) {
  for (const auto& filter : question.indices) {
    std::vector<std::int64_t> rows;
    for (const auto& id : filter.any_of) {
      const auto found = cases::RowsOfReferring(caller.connection, database, caller.project.row,
                                                filter.identifier, id);
      rows.insert(rows.end(), found.begin(), found.end());
    }
    TakeRows(std::move(rows), selection);
  }
}

/// The address under which the list was asked for, with the cursor alone.
std::string NextPage(const Request& request, const CaseV2Cursor& cursor) {
  std::string address = (request.is_secure ? "https://" : "http://") + request.host + request.path;
  if (!address.ends_with('/')) address += '/';
  return address + "?cursor=" + PercentEncode(WriteCursor(cursor));
}

std::string Render(const Request& request, const QueryParameters& query, const DocumentPage& page) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("matching_records", page.total);
  out.Key("cases");
  out.BeginArray();
  for (const auto& document : page.documents) out.Raw(document.json);
  out.EndArray();
  if (page.has_more) out.Member("next", NextPage(request, {query, page.last_listed}));
  out.EndObject();
  return text;
}

Response ListCases(const Request& request, const ApiCaller& caller, const sql::Database& database,
                   const ListSource& source) {
  QueryParameters query = request.query;
  std::optional<Instant> after;
  if (const auto cursor = request.QueryValue("cursor")) {
    auto told = ReadCursor(*cursor);
    query = std::move(told.query);
    after = told.after;
  }
  auto question = ReadCaseV2Question(query);
  auto& selection = question.selection;
  selection.project = caller.project.row;
  if (after) selection.ranges.push_back({lists::Field::kIndexedOn, *after + 1, std::nullopt});
  selection.needles = NeedlesOf(question.properties);
  TakeIndices(question, caller, database, selection);
  const auto reach = ReachOf(caller);
  Narrow(reach, selection);
  const auto read = [&](std::int64_t row) -> std::optional<Document> {
    const auto found = cases::FindCaseByRow(caller.connection, caller.project.row, row);
    if (!found || found->is_deleted || !reach.Sees(*found)) return std::nullopt;
    if (!HasProperties(*found, question.properties)) return std::nullopt;
    return Document{RenderCaseV2(*found, caller.project.name, question.fields), found->indexed_on};
  };
  const auto page =
      FindDocuments(source, selection, {question.limit, 0}, read, !question.properties.empty());
  return Response::Json(200, Render(request, query, page));
}

}  // namespace

void AddCaseV2ListRoutes(http::Router& router, ApiContext& context, const ListSource& source) {
  const auto list = [&context, &source](Request& request, const ApiCaller& caller) {
    return ListCases(request, caller, context.database, source);
  };
  for (const auto* pattern : {"/a/{domain}/api/case/v2", "/a/{domain}/api/v0.6/case"}) {
    router.AddAsync(http::Method::kGet, pattern, {"api/case_v2_list"},
                    Guard(context, Needs("edit_data"), list));
  }
}

}  // namespace outpost::web
