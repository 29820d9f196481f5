#include "services/web/api/form_view.h"

#include <set>

#include "base/text.h"
#include "domain/apps/build_directory.h"
#include "domain/cases/case_block.h"
#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/forms/form_xml.h"
#include "format/json/writer.h"
#include "format/xml/xml.h"
#include "services/web/api/case_view.h"
#include "services/web/api/seen_data.h"

namespace outpost::web {
namespace {

using forms::FormRecord;
using forms::FormState;

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

/// The cases that the form's blocks name, as far as they exist.
void WriteCases(json::Writer& out, const DocumentStores& stores, const projects::Project& project,
                const xml::Document& document, const Reach* reach) {
  std::set<std::string, std::less<>> ids;
  for (const auto& block : cases::FindCaseBlocks(document).blocks) ids.insert(block.case_id);
  out.Key("cases");
  out.BeginArray();
  for (const auto& id : ids) {
    const auto found = cases::FindCase(stores.connection, stores.database, project.row, id);
    const bool is_shown = found && !found->is_deleted && (reach == nullptr || reach->Sees(*found));
    if (is_shown) out.Raw(RenderCase(stores, project, *found, {}));
  }
  out.EndArray();
}

}  // namespace

std::string RenderForm(const DocumentStores& stores, const projects::Project& project,
                       const FormRecord& form, const FormViewOptions& options) {
  const auto document =
      xml::Document::Parse(forms::ReadXml(stores.connection, stores.blobs, form.row));
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  WriteFacts(out, form, project.name);
  out.Member("type", document.root().name());
  AttributeMember(out, "version", document.root(), "version");
  AttributeMember(out, "uiversion", document.root(), "uiVersion");
  out.Key("metadata");
  const auto version = form.build_id
                           ? apps::VersionOfBuild(stores.connection, project.row, *form.build_id)
                           : std::nullopt;
  out.Raw(forms::ReadMetadata(document, version).api_json);
  out.Key("form");
  out.Raw(forms::RenderFormJson(document));
  out.Key("attachments");
  out.BeginObject();
  AttachmentMember(out, form, project.name, kFormXmlName, "text/xml", form.xml_length);
  for (const auto& attachment : forms::ListAttachments(stores.connection, form.row)) {
    AttachmentMember(out, form, project.name, attachment.name, attachment.content_type,
                     attachment.length);
  }
  out.EndObject();
  if (options.with_cases) WriteCases(out, stores, project, document, options.reach);
  out.Member("resource_uri", "");
  out.EndObject();
  return text;
}

bool IsVisible(const FormRecord& form) {
  return !form.deleted_on &&
         (form.state == FormState::kNormal || form.state == FormState::kArchived);
}

std::optional<FormRecord> FindVisibleForm(const DocumentStores& stores, std::int64_t project,
                                          std::string_view form_id) {
  auto form = forms::FindForm(stores.connection, stores.database, project, form_id);
  if (!form || !IsVisible(*form)) return std::nullopt;
  return form;
}

}  // namespace outpost::web
