#include "services/web/api/case_api.h"

#include <algorithm>

#include "domain/cases/case_store.h"
#include "domain/cases/case_views.h"

namespace outpost::web {
namespace {

/// Ids of the forms that made the case what it is: not revoked, by server date.
cases::CaseHistory HistoryOf(sql::Connection& connection, std::int64_t case_row) {
  auto transactions = cases::ListTransactions(connection, case_row);
  std::erase_if(transactions, [](const auto& transaction) {
    return transaction.is_revoked || !transaction.form_row;
  });
  std::stable_sort(transactions.begin(), transactions.end(),
                   [](const auto& a, const auto& b) { return a.server_date < b.server_date; });
  cases::CaseHistory history{cases::FormIdsOf(connection, transactions), std::nullopt};
  if (!transactions.empty()) history.server_opened_on = transactions.front().server_date;
  return history;
}

}  // namespace

void AddCaseRoutes(http::Router& router, ApiContext& context) {
  const auto detail = [&context](http::Request& request, const ApiCaller& caller) {
    const auto found = cases::FindCase(caller.connection, context.database, caller.project.row,
                                       request.captures.at(1));
    if (!found || found->is_deleted) return http::Response::Json(404, "");
    return http::Response::Json(200,
                                cases::RenderApiCase(*found, caller.project.name,
                                                     HistoryOf(caller.connection, found->row)));
  };
  for (const auto* pattern : {"/a/{domain}/api/case/v1/{id}", "/a/{domain}/api/v0.5/case/{id}",
                              "/a/{domain}/api/v0.4/case/{id}", "/a/{domain}/api/v0.3/case/{id}"}) {
    router.AddAsync(http::Method::kGet, pattern, {"api/case"},
                    Guard(context, Needs("edit_data"), detail));
  }
}

}  // namespace outpost::web
