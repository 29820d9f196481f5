#include "domain/sync/results_fixture.h"

#include "domain/sync/case_xml.h"
#include "domain/sync/detail/property_xml.h"
#include "format/xml/write.h"

namespace outpost::sync {

void AppendResult(std::string& out, const cases::Case& c, const ResultMarks& marks) {
  using xml::AppendAttribute;
  using xml::AppendElement;
  out += "<case";
  AppendAttribute(out, "case_id", c.case_id);
  AppendAttribute(out, "case_type", c.type);
  AppendAttribute(out, "owner_id", SentOwner(c.owner_id, c.modified_by));
  AppendAttribute(out, "status", c.is_closed ? "closed" : "open");
  out += '>';
  AppendElement(out, "case_name", c.name.empty() ? std::string_view("-") : c.name);
  AppendElement(out, "last_modified", FormatT6(c.modified_on.value_or(c.server_modified_on)));
  if (!c.external_id.empty()) AppendElement(out, "external_id", c.external_id);
  if (c.opened_on) AppendElement(out, "date_opened", FormatDate(*c.opened_on));
  if (marks.is_found) AppendElement(out, "commcare_search_score", "1.0");
  if (marks.is_related) AppendElement(out, "commcare_is_related_case", "true");
  if (!marks.project.empty()) AppendElement(out, "commcare_project", marks.project);
  detail::PropertyNames names;
  detail::AppendProperties(out, cases::RenderProperties(c), names);
  if (!c.indices.empty()) {
    out += "<index>";
    for (const auto& index : c.indices) {
      if (!xml::IsName(index.identifier)) continue;
      out += '<' + index.identifier;
      AppendAttribute(out, "case_type", index.referenced_type);
      if (index.relationship == "extension") AppendAttribute(out, "relationship", "extension");
      out += '>';
      xml::AppendText(out, index.referenced_id);
      out += "</" + index.identifier + '>';
    }
    out += "</index>";
  }
  out += "</case>";
}

}  // namespace outpost::sync
