#include "domain/cases/case_views.h"

#include "base/problem.h"
#include "base/text.h"
#include "format/json/writer.h"

namespace outpost::cases {
namespace {

void TimeMember(json::Writer& out, std::string_view key, const std::optional<Instant>& at) {
  out.Key(key);
  if (at) {
    out.String(FormatT6(*at));
  } else {
    out.Null();
  }
}

/// Null rather than "" for ids of people who did nothing yet.
void PersonMember(json::Writer& out, std::string_view key, const std::string& id) {
  out.Key(key);
  if (id.empty()) {
    out.Null();
  } else {
    out.String(id);
  }
}

void WriteProperty(json::Writer& out, std::string_view name, const PropertyValue& value) {
  out.Key(name);
  if (value.is_json) {
    out.Raw(value.text);
  } else {
    out.String(value.text);
  }
}

/// Imported cases may have properties called like the fields that are shown among them.
bool IsShownAsProperty(std::string_view field) {
  return field == "case_name" || field == "case_type" || field == "date_opened" ||
         field == "external_id" || field == "owner_id";
}

void WriteApiProperties(json::Writer& out, const Case& c) {
  out.BeginObject();
  for (const auto& [name, value] : c.properties) {
    if (!IsShownAsProperty(name)) WriteProperty(out, name, value);
  }
  out.Member("case_name", c.name);
  out.Member("case_type", c.type);
  TimeMember(out, "date_opened", c.opened_on);
  out.Member("external_id", c.external_id);
  out.Member("owner_id", c.owner_id);
  out.EndObject();
}

void WriteTexts(json::Writer& out, const std::vector<std::string>& texts) {
  out.BeginArray();
  for (const auto& text : texts) out.String(text);
  out.EndArray();
}

void WriteActions(json::Writer& out, const std::vector<Transaction>& transactions,
                  const std::vector<std::string>& form_ids) {
  out.BeginArray();
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    if (transactions[i].is_revoked) continue;
    out.BeginObject();
    PersonMember(out, "xform_id", form_ids[i]);
    out.Member("server_date", FormatT6(transactions[i].server_date));
    TimeMember(out, "date", transactions[i].client_date);
    PersonMember(out, "sync_log_id", transactions[i].sync_log_id.value_or(""));
    out.EndObject();
  }
  out.EndArray();
}

void WriteAttachments(json::Writer& out, const Case& c, std::string_view project) {
  out.BeginObject();
  for (const auto& [name, attachment] : c.attachments) {
    out.Key(name);
    out.BeginObject();
    out.Member("content_type", attachment.content_type);
    out.Member("length", attachment.length);
    out.Member("url", "/a/" + std::string(project) + "/api/case/attachment/" +
                          PercentEncode(c.case_id) + "/" + PercentEncode(name));
    out.EndObject();
  }
  out.EndObject();
}

void WriteDocumentFields(json::Writer& out, const Case& c, std::string_view project) {
  out.Member("_id", c.case_id);
  out.Member("doc_type", c.is_deleted ? "CommCareCase-Deleted" : "CommCareCase");
  out.Member("case_id", c.case_id);
  out.Member("domain", project);
  out.Member("type", c.type);
  out.Member("name", c.name);
  out.Member("owner_id", c.owner_id);
  TimeMember(out, "opened_on", c.opened_on);
  out.Member("opened_by", c.opened_by);
  TimeMember(out, "modified_on", c.modified_on);
  out.Member("server_modified_on", FormatT6(c.server_modified_on));
  out.Member("modified_by", c.modified_by);
  out.Member("user_id", c.modified_by);
  out.Member("closed", c.is_closed);
  TimeMember(out, "closed_on", c.closed_on);
  out.Member("closed_by", c.closed_by);
  out.Member("deleted", c.is_deleted);
  out.Member("external_id", c.external_id);
  PersonMember(out, "location_id", c.location_id.value_or(""));
}

bool IsFieldName(std::string_view name) {
  static constexpr std::string_view kNames[] = {"_id",
                                                "doc_type",
                                                "case_id",
                                                "domain",
                                                "type",
                                                "name",
                                                "owner_id",
                                                "opened_on",
                                                "opened_by",
                                                "modified_on",
                                                "server_modified_on",
                                                "modified_by",
                                                "user_id",
                                                "closed",
                                                "closed_on",
                                                "closed_by",
                                                "deleted",
                                                "external_id",
                                                "location_id",
                                                "case_json",
                                                "indices",
                                                "actions",
                                                "xform_ids",
                                                "case_attachments",
                                                "backend_id"};
  for (const auto known : kNames) {
    if (name == known) return true;
  }
  return false;
}

}  // namespace

std::string RenderApiCase(const Case& c, std::string_view project, const CaseHistory& history) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("id", c.case_id);
  out.Member("case_id", c.case_id);
  out.Member("domain", project);
  PersonMember(out, "user_id", c.modified_by);
  PersonMember(out, "opened_by", c.opened_by);
  PersonMember(out, "closed_by", c.closed_by);
  out.Member("closed", c.is_closed);
  TimeMember(out, "date_closed", c.closed_on);
  TimeMember(out, "date_modified", c.modified_on);
  out.Member("server_date_modified", FormatT6(c.server_modified_on));
  TimeMember(out, "server_date_opened", history.server_opened_on);
  out.Member("indexed_on", FormatT6(c.indexed_on));
  out.Key("xform_ids");
  WriteTexts(out, history.xform_ids);
  out.Key("properties");
  WriteApiProperties(out, c);
  out.Key("indices");
  out.BeginObject();
  for (const auto& index : c.indices) {
    out.Key(index.identifier);
    out.BeginObject();
    out.Member("case_id", index.referenced_id);
    out.Member("case_type", index.referenced_type);
    out.Member("relationship", index.relationship);
    out.EndObject();
  }
  out.EndObject();
  out.Key("attachments");
  WriteAttachments(out, c, project);
  out.Member("resource_uri", "");
  out.EndObject();
  return text;
}

std::string RenderCaseDocument(const Case& c, std::string_view project, const CaseHistory& history,
                               const std::vector<Transaction>& transactions,
                               const std::vector<std::string>& transaction_form_ids) {
  OUTPOST_CHECK(transactions.size() == transaction_form_ids.size());
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  for (const auto& [name, value] : c.properties) {
    if (!IsFieldName(name)) WriteProperty(out, name, value);
  }
  WriteDocumentFields(out, c, project);
  out.Key("case_json");
  out.Raw(RenderProperties(c));
  out.Key("indices");
  out.BeginArray();
  for (const auto& index : c.indices) {
    out.BeginObject();
    out.Member("case_id", c.case_id);
    out.Member("identifier", index.identifier);
    out.Member("referenced_id", index.referenced_id);
    out.Member("referenced_type", index.referenced_type);
    out.Member("relationship", index.relationship);
    out.EndObject();
  }
  out.EndArray();
  out.Key("actions");
  WriteActions(out, transactions, transaction_form_ids);
  out.Key("xform_ids");
  WriteTexts(out, history.xform_ids);
  out.Key("case_attachments");
  WriteAttachments(out, c, project);
  out.Member("backend_id", "sql");
  out.EndObject();
  return text;
}

}  // namespace outpost::cases
