#include "services/web/api/form_api.h"

#include "domain/forms/form_store.h"
#include "services/web/api/file_reply.h"
#include "services/web/api/form_view.h"
#include "services/web/api/seen_data.h"

namespace outpost::web {
namespace {

using forms::FormRecord;
using http::Request;
using http::Response;

FormViewOptions ViewOf(const Request& request, const Reach& reach) {
  return {request.QueryValue("cases__full") == "true", &reach};
}

Response SendAttachment(const ApiCaller& caller, const FormRecord& form, std::string_view name,
                        const blobs::BlobStore& blobs) {
  if (name == kFormXmlName) {
    auto response =
        Response::Text(200, forms::ReadXml(caller.connection, blobs, form.row), "text/xml");
    Disarm(response);
    return response;
  }
  for (const auto& attachment : forms::ListAttachments(caller.connection, form.row)) {
    if (attachment.name != name) continue;
    return FileReply(caller.connection, blobs, attachment.blob, attachment.content_type);
  }
  return Response::Html(404, "<h1>Not found</h1><p>This form has no such attachment.</p>");
}

}  // namespace

void AddFormRoutes(http::Router& router, ApiContext& context, const blobs::BlobStore& blobs) {
  const auto detail = [&context, &blobs](Request& request, const ApiCaller& caller) {
    const DocumentStores stores{caller.connection, context.database, blobs};
    const auto form = FindVisibleForm(stores, caller.project.row, request.captures.at(1));
    const auto reach = ReachOf(caller);
    if (!form || !reach.Sees(*form)) return Response::Json(404, "");
    return Response::Json(200, RenderForm(stores, caller.project, *form, ViewOf(request, reach)));
  };
  for (const auto* pattern : {"/a/{domain}/api/form/v1/{id}", "/a/{domain}/api/v0.5/form/{id}",
                              "/a/{domain}/api/v0.4/form/{id}"}) {
    router.AddAsync(http::Method::kGet, pattern, {"api/form"},
                    Guard(context, Needs("edit_data"), detail));
  }
  const auto attachment = [&context, &blobs](Request& request, const ApiCaller& caller) {
    const DocumentStores stores{caller.connection, context.database, blobs};
    const auto form = FindVisibleForm(stores, caller.project.row, request.captures.at(1));
    if (!form || !ReachOf(caller).Sees(*form))
      return Response::Html(404, "<h1>Not found</h1><p>There is no such form.</p>");
    return SendAttachment(caller, *form, request.captures.at(2), blobs);
  };
  for (const auto* pattern : {"/a/{domain}/api/form_attachment/v1/{id}/{name}",
                              "/a/{domain}/api/form/attachment/{id}/{name}"}) {
    router.AddAsync(http::Method::kGet, pattern, {"api/form_attachment"},
                    Guard(context, MayViewSubmitHistory, attachment));
  }
}

}  // namespace outpost::web
