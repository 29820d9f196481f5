#include "services/web/api/case_list.h"

#include <algorithm>
#include <array>

#include "base/problem.h"
#include "base/text.h"
#include "domain/cases/case_store.h"
#include "domain/cases/case_views.h"
#include "services/web/api/case_view.h"
#include "services/web/api/list_params.h"
#include "services/web/api/raw_filter.h"
#include "services/web/api/seen_data.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;
using lists::Field;

constexpr std::array kTimes = {
    RangeName{"indexed_on", Field::kIndexedOn},
    RangeName{"date_modified", Field::kModifiedOn},
    RangeName{"server_date_modified", Field::kServerModifiedOn},
};

struct ColumnName {
  std::string_view name;
  Field field;
};
constexpr std::array kColumns = {
    ColumnName{"owner_id", Field::kOwner},
    ColumnName{"user_id", Field::kPerson},
    ColumnName{"type", Field::kType},
    ColumnName{"case_type", Field::kType},
    ColumnName{"type.exact", Field::kType},
    ColumnName{"name", Field::kName},
    ColumnName{"case_name", Field::kName},
    ColumnName{"name.exact", Field::kName},
    ColumnName{"external_id", Field::kExternalId},
    ColumnName{"external_id.exact", Field::kExternalId},
};

struct CaseQuestion {
  lists::Selection selection;
  RawFilters raw;
  std::vector<search::Needle> words;
  CaseViewOptions view;
};

bool TakeColumn(std::string_view name, std::string_view value, lists::Selection& selection) {
  const auto known = std::find_if(kColumns.begin(), kColumns.end(),
                                  [&](const auto& column) { return column.name == name; });
  if (known == kColumns.end()) return false;
  TakeEqual(known->field, value, selection);
  return true;
}

bool TakeExtra(std::string_view name, std::string_view value, CaseViewOptions& view) {
  const bool is_asked = value == "true";
  if (name == "xforms__full") {
    view.with_xforms = is_asked;
  } else if (name == "xforms_by_name__full") {
    view.with_xforms_by_name = is_asked;
  } else if (name == "xforms_by_xmlns__full") {
    view.with_xforms_by_xmlns = is_asked;
  } else if (name == "child_cases__full") {
    view.with_children = is_asked;
  } else if (name == "parent_cases__full") {
    view.with_parents = is_asked;
  } else {
    return false;
  }
  return true;
}

/// Both values asked for: both kinds of cases.
void TakeClosed(const Request& request, lists::Selection& selection) {
  bool wants_closed = false;
  bool wants_open = false;
  for (const auto& [name, value] : request.query) {
    if (name != "closed") continue;
    const auto text = ToLower(value);
    if (text != "true" && text != "false") {
      throw Problem(ProblemKind::kBadRequest,
                    "Invalid closed '" + value + "' provided. Please provide true or false.");
    }
    (text == "true" ? wants_closed : wants_open) = true;
  }
  if (wants_closed != wants_open) selection.is_closed = wants_closed;
}

CaseQuestion ReadQuestion(const Request& request, std::int64_t project) {
  CaseQuestion question;
  auto& selection = question.selection;
  selection.subject = lists::Subject::kCases;
  selection.project = project;
  selection.order.clear();
  for (const auto& [name, value] : request.query) {
    if (name == "order_by") {
      selection.order.push_back(ReadOrder(value, kTimes));
    } else if (name != "closed" && !IsNoFilter(name) && !TakeExtra(name, value, question.view) &&
               !TakeColumn(name, value, selection) && !TakeWords(name, value, question.words) &&
               !TakeRange(name, value, kTimes, selection)) {
      AddRawFilter(question.raw, name, value);
    }
  }
  TakeClosed(request, selection);
  if (selection.order.empty()) selection.order = {{Field::kServerModifiedOn, false}};
  selection.needles = NeedlesOf(question.raw);
  selection.needles.insert(selection.needles.end(), question.words.begin(), question.words.end());
  return question;
}

/// Raw filters look at the case document, which is another one than the API object.
bool IsWanted(const cases::Case& c, const std::string& project, const CaseQuestion& question) {
  if (question.selection.needles.empty()) return true;
  const auto document = cases::RenderCaseDocument(c, project, {}, {}, {});
  return Matches(document, question.raw) &&
         search::HasWords(search::Subject::kCases, document, question.words);
}

Response ListCases(const Request& request, const ApiCaller& caller, const DocumentStores& stores,
                   const ListSource& source) {
  const auto paging = ReadPaging(request, kCaseLimitMax);
  auto question = ReadQuestion(request, caller.project.row);
  const auto reach = ReachOf(caller);
  question.view.reach = &reach;
  Narrow(reach, question.selection);
  const auto& project = caller.project;
  const auto read = [&](std::int64_t row) -> std::optional<Document> {
    const auto found = cases::FindCaseByRow(stores.connection, project.row, row);
    if (!found || found->is_deleted || !reach.Sees(*found)) return std::nullopt;
    if (!IsWanted(*found, project.name, question)) return std::nullopt;
    return Document{RenderCase(stores, project, *found, question.view), found->indexed_on};
  };
  const auto page =
      FindDocuments(source, question.selection, paging, read, !question.selection.needles.empty());
  return Response::Json(200, RenderPage(request, paging, page));
}

}  // namespace

void AddCaseListRoutes(http::Router& router, ApiContext& context, const ListSource& source,
                       const blobs::BlobStore& blobs) {
  const auto list = [&context, &source, &blobs](Request& request, const ApiCaller& caller) {
    return ListCases(request, caller, {caller.connection, context.database, blobs}, source);
  };
  for (const auto* pattern : {"/a/{domain}/api/case/v1", "/a/{domain}/api/v0.5/case",
                              "/a/{domain}/api/v0.4/case", "/a/{domain}/api/v0.3/case"}) {
    router.AddAsync(http::Method::kGet, pattern, {"api/case_list"},
                    Guard(context, Needs("edit_data"), list));
  }
}

}  // namespace outpost::web
