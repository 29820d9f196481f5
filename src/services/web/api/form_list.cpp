#include "services/web/api/form_list.h"

#include <array>
#include <boost/json.hpp>

#include "base/problem.h"
#include "base/text.h"
#include "domain/cases/case_relations.h"
#include "domain/forms/form_store.h"
#include "format/json/writer.h"
#include "services/web/api/date_params.h"
#include "services/web/api/form_view.h"
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
    RangeName{"received_on", Field::kReceivedOn},
    RangeName{"server_modified_on", Field::kServerModifiedOn},
    RangeName{"server_date_modified", Field::kServerModifiedOn},
};

struct FormQuestion {
  lists::Selection selection;
  RawFilters raw;
  std::vector<search::Needle> words;
  FormViewOptions view;
};

/// Filters that columns hold. User ids compare without letter case, as raw filters do.
bool TakeColumn(std::string_view name, std::string_view value, lists::Selection& selection) {
  if (name == "xmlns" || name == "xmlns.exact") {
    TakeEqual(Field::kXmlns, value, selection);
  } else if (name == "app_id") {
    TakeEqual(Field::kApp, value, selection);
  } else if (name == "form.meta.userID" || name == "metadata.userID") {
    TakeEqual(Field::kPerson, value, selection);
  } else {
    return false;
  }
  return true;
}

/// What old checkpoints of commcare-export send: "the server's last change, or where that is
/// missing the reception, is at or after". Here every form has the former.
void TakeOldSearch(std::string_view json, lists::Selection& selection) {
  boost::system::error_code error;
  const auto value = boost::json::parse(boost::json::string_view(json.data(), json.size()), error);
  const auto* from =
      error ? nullptr
            : value.find_pointer("/filter/or/0/and/1/range/server_modified_on/gte", error);
  const auto at = from == nullptr || !from->is_string()
                      ? std::nullopt
                      : ReadIsoDate(std::string_view(from->get_string()), DayEnd::kFirst);
  if (!at) {
    throw Problem(ProblemKind::kBadRequest,
                  "The parameter _search is understood only as old versions of commcare-export "
                  "write it. Use server_modified_on_start.");
  }
  selection.ranges.push_back({Field::kServerModifiedOn, at, std::nullopt});
}

void TakeCases(const Request& request, const ApiCaller& caller, const sql::Database& database,
               lists::Selection& selection) {
  std::vector<std::int64_t> rows;
  bool is_asked = false;
  for (const auto& [name, value] : request.query) {
    if (name != "case_id") continue;
    is_asked = true;
    const auto found = cases::RowsOfForms(caller.connection, database, caller.project.row, value);
    rows.insert(rows.end(), found.begin(), found.end());
  }
  if (is_asked) TakeRows(std::move(rows), selection);
}

FormQuestion ReadQuestion(const Request& request, const ApiCaller& caller,
                          const sql::Database& database, const Reach& reach) {
  FormQuestion question;
  question.view.reach = &reach;
  auto& selection = question.selection;
  selection.subject = lists::Subject::kForms;
  selection.project = caller.project.row;
  selection.order.clear();
  for (const auto& [name, value] : request.query) {
    if (name == "order_by") {
      selection.order.push_back(ReadOrder(value, kTimes));
    } else if (name == "include_archived") {
      selection.with_archived = true;
    } else if (name == "cases__full") {
      question.view.with_cases = value == "true";
    } else if (name == "_search") {
      TakeOldSearch(value, selection);
    } else if (name == "appVersion") {
      AddRawFilter(question.raw, "metadata.appVersion", value);
    } else if (name != "case_id" && !IsNoFilter(name) && !TakeColumn(name, value, selection) &&
               !TakeWords(name, value, question.words) &&
               !TakeRange(name, value, kTimes, selection)) {
      AddRawFilter(question.raw, name, value);
    }
  }
  TakeCases(request, caller, database, selection);
  Narrow(reach, selection);
  if (selection.order.empty()) selection.order = {{Field::kReceivedOn, true}};
  selection.needles = NeedlesOf(question.raw);
  selection.needles.insert(selection.needles.end(), question.words.begin(), question.words.end());
  return question;
}

bool IsWanted(std::string_view form_json, const FormQuestion& question) {
  if (!question.raw.empty() && !Matches(form_json, question.raw)) return false;
  return question.words.empty() ||
         search::HasWords(search::Subject::kForms, form_json, question.words);
}

Response ListForms(const Request& request, const ApiCaller& caller, const DocumentStores& stores,
                   const ListSource& source) {
  const auto paging = ReadPaging(request, kLimitMax);
  const auto reach = ReachOf(caller);
  const auto question = ReadQuestion(request, caller, stores.database, reach);
  const auto read = [&](std::int64_t row) -> std::optional<Document> {
    const auto form = forms::FindFormByRow(stores.connection, row);
    if (!form || !IsVisible(*form) || !reach.Sees(*form)) return std::nullopt;
    auto json = RenderForm(stores, caller.project, *form, question.view);
    if (!IsWanted(json, question)) return std::nullopt;
    return Document{std::move(json), form->indexed_on};
  };
  const auto page =
      FindDocuments(source, question.selection, paging, read, !question.selection.needles.empty());
  return Response::Json(200, RenderPage(request, paging, page));
}

}  // namespace

void AddFormListRoutes(http::Router& router, ApiContext& context, const ListSource& source,
                       const blobs::BlobStore& blobs) {
  const auto list = [&context, &source, &blobs](Request& request, const ApiCaller& caller) {
    return ListForms(request, caller, {caller.connection, context.database, blobs}, source);
  };
  for (const auto* pattern :
       {"/a/{domain}/api/form/v1", "/a/{domain}/api/v0.5/form", "/a/{domain}/api/v0.4/form"}) {
    router.AddAsync(http::Method::kGet, pattern, {"api/form_list"},
                    Guard(context, Needs("edit_data"), list));
  }
}

}  // namespace outpost::web
