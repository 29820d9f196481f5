#include "services/web/api/form_api.h"

#include "base/problem.h"
#include "base/text.h"
#include "domain/forms/form_store.h"
#include "domain/forms/form_xml.h"
#include "format/json/writer.h"
#include "format/xml/xml.h"
#include "services/web/api/file_reply.h"

namespace outpost::web {
namespace {

using forms::FormRecord;
using forms::FormState;
using http::Request;
using http::Response;

constexpr std::string_view kFormXmlName = "form.xml";

void AttributeMember(json::Writer& out, std::string_view key, const xml::Element& root,
                     std::string_view attribute) {
  const auto value = root.attribute(attribute);
  out.MemberOrNull(key, value ? std::optional<std::string>(*value) : std::nullopt);
}

void AttachmentMember(json::Writer& out, const FormRecord& form, std::string_view project,
                      std::string_view name, std::string_view content_type, std::int64_t length) {
  out.Key(name);
  out.BeginObject();
  out.Member("content_type", content_type);
  out.Member("length", length);
  out.Member("url", "/a/" + std::string(project) + "/api/form_attachment/v1/" +
                        PercentEncode(form.form_id) + "/" + PercentEncode(name));
  out.EndObject();
}

void WriteFacts(json::Writer& out, const FormRecord& form, std::string_view project) {
  out.Member("id", form.form_id);
  out.Member("domain", project);
  out.MemberOrNull("app_id", form.app_id);
  out.MemberOrNull("build_id", form.build_id);
  out.Member("submit_ip", form.request.submit_ip);
  out.Member("archived", form.state == FormState::kArchived);
  out.MemberOrNull("problem", form.problem);
  out.Member("initial_processing_complete", form.is_complete);
  out.Member("is_phone_submission", form.request.is_phone_submission());
  out.MemberOrNull("edited_on",
                   form.edited_on ? std::optional(FormatNaive(*form.edited_on)) : std::nullopt);
  out.MemberOrNull("edited_by_user_id", form.edited_on ? form.request.auth.user_id : std::nullopt);
  out.Member("received_on", FormatT6(form.received_on));
  out.Member("server_modified_on", FormatT6(form.server_modified_on));
  out.Member("indexed_on", FormatT6(form.indexed_on));
}

std::string RenderForm(const ApiCaller& caller, const FormRecord& form,
                       const blobs::BlobStore& blobs) {
  const auto document = xml::Document::Parse(forms::ReadXml(caller.connection, blobs, form.row));
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  WriteFacts(out, form, caller.project.name);
  out.Member("type", document.root().name());
  AttributeMember(out, "version", document.root(), "version");
  AttributeMember(out, "uiversion", document.root(), "uiVersion");
  out.Key("metadata");
  out.Raw(forms::ReadMetadata(document, std::nullopt).api_json);
  out.Key("form");
  out.Raw(forms::RenderFormJson(document));
  out.Key("attachments");
  out.BeginObject();
  AttachmentMember(out, form, caller.project.name, kFormXmlName, "text/xml", form.xml_length);
  for (const auto& attachment : forms::ListAttachments(caller.connection, form.row)) {
    AttachmentMember(out, form, caller.project.name, attachment.name, attachment.content_type,
                     attachment.length);
  }
  out.EndObject();
  out.Member("resource_uri", "");
  out.EndObject();
  return text;
}

/// Only normal and archived forms exist for API clients.
std::optional<FormRecord> FindVisible(const ApiCaller& caller, const sql::Database& database,
                                      std::string_view form_id) {
  auto form = forms::FindForm(caller.connection, database, caller.project.row, form_id);
  if (!form || form->deleted_on) return std::nullopt;
  const bool is_visible = form->state == FormState::kNormal || form->state == FormState::kArchived;
  return is_visible ? form : std::nullopt;
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
    const auto form = FindVisible(caller, context.database, request.captures.at(1));
    if (!form) return Response::Json(404, "");
    return Response::Json(200, RenderForm(caller, *form, blobs));
  };
  for (const auto* pattern : {"/a/{domain}/api/form/v1/{id}", "/a/{domain}/api/v0.5/form/{id}",
                              "/a/{domain}/api/v0.4/form/{id}"}) {
    router.AddAsync(http::Method::kGet, pattern, {"api/form"},
                    Guard(context, Needs("edit_data"), detail));
  }
  const auto attachment = [&context, &blobs](Request& request, const ApiCaller& caller) {
    const auto form = FindVisible(caller, context.database, request.captures.at(1));
    if (!form) return Response::Html(404, "<h1>Not found</h1><p>There is no such form.</p>");
    return SendAttachment(caller, *form, request.captures.at(2), blobs);
  };
  for (const auto* pattern : {"/a/{domain}/api/form_attachment/v1/{id}/{name}",
                              "/a/{domain}/api/form/attachment/{id}/{name}"}) {
    router.AddAsync(http::Method::kGet, pattern, {"api/form_attachment"},
                    Guard(context, MayViewSubmitHistory, attachment));
  }
}

}  // namespace outpost::web
