#include "domain/sync/case_xml.h"

#include "domain/cases/case.h"
#include "format/xml/write.h"

namespace outpost::sync {
namespace {

using xml::AppendAttribute;
using xml::AppendElement;

void AppendBasics(std::string& out, const CaseFields& fields) {
  AppendElement(out, "case_type", fields.type);
  AppendElement(out, "case_name", fields.name);
  AppendElement(out, "owner_id", SentOwner(fields.owner_id, fields.modified_by));
}

void AppendDateOpened(std::string& out, const CaseFields& fields) {
  if (fields.opened_on) AppendElement(out, "date_opened", FormatDate(*fields.opened_on));
}

void AppendIndices(std::string& out, const std::vector<SentIndex>& indices) {
  if (indices.empty()) return;
  out += "<index>";
  for (const auto& index : indices) {
    out += '<';
    out += index.identifier;
    AppendAttribute(out, "case_type", index.case_type);
    if (index.is_extension) AppendAttribute(out, "relationship", "extension");
    out += '>';
    xml::AppendText(out, index.target_id);
    out += "</";
    out += index.identifier;
    out += '>';
  }
  out += "</index>";
}

void AppendAttachments(std::string& out, const CaseFields& fields, std::string_view address) {
  if (address.empty() || fields.attachments.empty()) return;
  out += "<attachment>";
  for (const auto& [name, attachment] : cases::ParseAttachments(fields.attachments)) {
    if (!xml::IsName(name)) continue;
    out += '<';
    out += name;
    AppendAttribute(out, "src", std::string(address) + name);
    AppendAttribute(out, "from", "remote");
    out += "/>";
  }
  out += "</attachment>";
}

}  // namespace

std::string_view SentOwner(std::string_view owner_id, std::string_view modified_by) {
  if (!owner_id.empty()) return owner_id;
  return modified_by.empty() ? std::string_view("-") : modified_by;
}

void CaseWriter::AppendVersion2(std::string& out, const CaseFields& fields,
                                const std::vector<SentIndex>& indices, bool creates,
                                std::string_view attachment_address) {
  out += "<case xmlns=\"http://commcarehq.org/case/transaction/v2\"";
  AppendAttribute(out, "case_id", fields.case_id);
  AppendAttribute(out, "user_id", fields.modified_by);
  AppendAttribute(out, "date_modified", FormatT6(fields.modified_on));
  out += '>';
  if (creates) {
    out += "<create>";
    AppendBasics(out, fields);
    out += "</create>";
  }
  out += "<update>";
  if (!creates) AppendBasics(out, fields);
  if (!fields.external_id.empty()) AppendElement(out, "external_id", fields.external_id);
  AppendDateOpened(out, fields);
  detail::AppendProperties(out, fields.properties, names_);
  out += "</update>";
  AppendIndices(out, indices);
  AppendAttachments(out, fields, attachment_address);
  if (fields.is_closed) out += "<close/>";
  out += "</case>";
}

/// The legacy dialect has neither indices nor attachments.
void CaseWriter::AppendVersion1(std::string& out, const CaseFields& fields, bool creates) {
  out += "<case>";
  AppendElement(out, "case_id", fields.case_id);
  AppendElement(out, "date_modified", FormatT6(fields.modified_on));
  if (creates) {
    out += "<create>";
    AppendElement(out, "case_type_id", fields.type);
    AppendElement(out, "user_id", fields.modified_by);
    AppendElement(out, "case_name", fields.name);
    AppendElement(out, "external_id", fields.external_id);
    out += "</create>";
  }
  out += "<update>";
  if (!creates) {
    AppendElement(out, "case_type", fields.type);
    AppendElement(out, "case_name", fields.name);
  }
  AppendElement(out, "owner_id", SentOwner(fields.owner_id, fields.modified_by));
  AppendDateOpened(out, fields);
  detail::AppendProperties(out, fields.properties, names_);
  out += "</update>";
  if (fields.is_closed) out += "<close/>";
  out += "</case>";
}

void CaseWriter::Append(std::string& out, const CaseFields& fields,
                        const std::vector<SentIndex>& indices, bool creates,
                        std::string_view attachment_address) {
  if (version_ == Version::kV1) return AppendVersion1(out, fields, creates);
  AppendVersion2(out, fields, indices, creates, attachment_address);
}

}  // namespace outpost::sync
