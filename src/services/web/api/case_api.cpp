#include "services/web/api/case_api.h"

#include <algorithm>

#include "domain/cases/case_store.h"
#include "domain/cases/case_views.h"
#include "services/web/api/file_reply.h"

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

/// Phones fetch the files of their cases with the worker's own credentials.
bool MayFetchCaseFiles(const people::Account& account, const people::Access& access) {
  return account.kind == people::Kind::kMobileWorker || MayViewSubmitHistory(account, access);
}

}  // namespace

void AddCaseRoutes(http::Router& router, ApiContext& context, const blobs::BlobStore& blobs) {
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
  const auto attachment = [&context, &blobs](http::Request& request, const ApiCaller& caller) {
    const auto found = cases::FindCase(caller.connection, context.database, caller.project.row,
                                       request.captures.at(1));
    const auto missing = [] {
      return http::Response::Html(404, "<h1>Not found</h1><p>There is no such file.</p>");
    };
    if (!found || found->is_deleted) return missing();
    const auto file = found->attachments.find(request.captures.at(2));
    if (file == found->attachments.end()) return missing();
    return FileReply(caller.connection, blobs, file->second.blob, file->second.content_type);
  };
  for (const auto* pattern : {"/a/{domain}/api/case_attachment/v1/{id}/{name}",
                              "/a/{domain}/api/case/attachment/{id}/{name}"}) {
    router.AddAsync(http::Method::kGet, pattern, {"api/case_attachment"},
                    Guard(context, MayFetchCaseFiles, attachment));
  }
}

}  // namespace outpost::web
