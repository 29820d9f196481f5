#include "services/web/api/case_api.h"

#include "domain/cases/case_store.h"
#include "services/web/api/case_view.h"
#include "services/web/api/file_reply.h"
#include "services/web/api/seen_data.h"

namespace outpost::web {
namespace {

CaseViewOptions ViewOf(const http::Request& request, const Reach& reach) {
  const auto is_asked = [&](std::string_view name) { return request.QueryValue(name) == "true"; };
  return {is_asked("xforms__full"),          is_asked("xforms_by_name__full"),
          is_asked("xforms_by_xmlns__full"), is_asked("child_cases__full"),
          is_asked("parent_cases__full"),    &reach};
}

/// Phones fetch the files of their cases with the worker's own credentials.
bool MayFetchCaseFiles(const people::Account& account, const people::Access& access) {
  return account.kind == people::Kind::kMobileWorker || MayViewSubmitHistory(account, access);
}

}  // namespace

void AddCaseRoutes(http::Router& router, ApiContext& context, const blobs::BlobStore& blobs) {
  const auto detail = [&context, &blobs](http::Request& request, const ApiCaller& caller) {
    const auto found = cases::FindCase(caller.connection, context.database, caller.project.row,
                                       request.captures.at(1));
    const auto reach = ReachOf(caller);
    if (!found || found->is_deleted || !reach.Sees(*found)) return http::Response::Json(404, "");
    const DocumentStores stores{caller.connection, context.database, blobs};
    return http::Response::Json(200,
                                RenderCase(stores, caller.project, *found, ViewOf(request, reach)));
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
    const bool is_phone = caller.account.kind == people::Kind::kMobileWorker;
    if (!is_phone && !ReachOf(caller).Sees(*found)) return missing();
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
