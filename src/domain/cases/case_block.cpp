#include "domain/cases/case_block.h"

#include <algorithm>

#include "base/text.h"
#include "domain/forms/form_xml.h"
#include "format/xml/child_groups.h"

namespace outpost::cases {
namespace {

constexpr std::string_view kVersion2 = "http://commcarehq.org/case/transaction/v2";

/// Collects blocks in the order of a depth-first walk of the form JSON.
struct Walk {
  std::vector<CaseBlock> blocks;
  std::optional<ContentError> error;

  void Refuse(std::string name, std::string text) {
    if (!error) error = ContentError{std::move(name), std::move(text)};
  }
};

PropertyValue ValueOf(const xml::Element& element, std::string_view parent_uri) {
  if (forms::IsObject(element, parent_uri)) {
    return {forms::RenderElementJson(element, parent_uri), true};
  }
  return {forms::NormaliseText(element.text()), false};
}

bool IsBlank(std::string_view text) { return Trim(text).empty(); }

/// What the JSON of the action holds: its attributes ("@name"), children and text. The namespace
/// ("@xmlns") is never a value.
Assignments ReadAssignments(const xml::Element& action, std::string_view parent_uri,
                            bool is_version_1) {
  Assignments assignments;
  for (std::uint32_t i = 0; i < action.attribute_count(); ++i) {
    const auto attribute = action.attribute(i);
    assignments.emplace_back(forms::AttributeKey(attribute),
                             PropertyValue{forms::NormaliseText(attribute.value), false});
  }
  for (const auto& group : xml::GroupChildren(action)) {
    std::string_view name = group.name;
    // Version 1 calls the type case_type_id; its case_type was never a known name.
    if (is_version_1 && name == "case_type") continue;
    if (is_version_1 && name == "case_type_id") name = "case_type";
    assignments.emplace_back(name, ValueOf(group.elements.back(), action.uri()));
  }
  if (forms::IsObject(action, parent_uri) && !IsBlank(action.text())) {
    assignments.emplace_back("#text", PropertyValue{forms::NormaliseText(action.text()), false});
  }
  return assignments;
}

void ReadIndices(const xml::Element& action, CaseBlock& block, Walk& walk) {
  for (const auto& group : xml::GroupChildren(action)) {
    const auto& element = group.elements.back();
    IndexAction index;
    index.identifier = group.name;
    // Blanks beside attributes are no text in the JSON.
    if (!IsBlank(element.text())) index.referenced_id = element.text();
    index.referenced_type = element.attribute("case_type").value_or("");
    index.relationship = element.attribute("relationship").value_or("");
    if (index.relationship.empty()) index.relationship = "child";
    if (!element.attribute("case_type") && !index.referenced_id.empty()) {
      walk.Refuse("CaseGenerationException", "Index '" + index.identifier + "' of case '" +
                                                 block.case_id + "' has no case_type");
    }
    if (index.relationship != "child" && index.relationship != "extension") {
      walk.Refuse("CaseGenerationException", "Index '" + index.identifier + "' of case '" +
                                                 block.case_id + "' has an unknown relationship '" +
                                                 index.relationship + "'");
    }
    block.indices.push_back(std::move(index));
  }
}

void ReadAttachments(const xml::Element& action, CaseBlock& block) {
  for (const auto& group : xml::GroupChildren(action)) {
    const auto& element = group.elements.back();
    block.attachments.push_back(
        {std::string(group.name), std::string(element.attribute("src").value_or(""))});
  }
}

/// Whether create or update says anything: an empty element, or one with blanks only, does not.
bool HasContent(const xml::Element& action, std::string_view parent_uri) {
  return forms::IsObject(action, parent_uri) || !IsBlank(action.text());
}

void ReadActions(const xml::Element& element, CaseBlock& block, Walk& walk) {
  for (const auto& group : xml::GroupChildren(element)) {
    const auto& action = group.elements.front();
    if (group.name == "close") block.closes = true;
    if (group.name == "referral") {
      walk.Refuse("UsesReferrals", "Sorry, referrals are no longer supported!");
    }
    // Of a kind that occurs twice, neither counts.
    if (group.elements.size() != 1) continue;
    if (group.name == "create" && HasContent(action, element.uri())) {
      block.has_create = true;
      block.create = ReadAssignments(action, element.uri(), block.is_version_1);
    } else if (group.name == "update" && HasContent(action, element.uri())) {
      block.has_update = true;
      block.update = ReadAssignments(action, element.uri(), block.is_version_1);
    } else if (group.name == "index" && !block.is_version_1) {
      ReadIndices(action, block, walk);
    } else if (group.name == "attachment" && !block.is_version_1) {
      ReadAttachments(action, block);
    }
  }
}

/// As support staff know it from CommCare HQ: in single quotes, or in double ones where the text
/// has single ones.
std::string Quoted(const std::string& text) {
  const bool has_single = text.find('\'') != std::string::npos;
  const char quote = has_single && text.find('"') == std::string::npos ? '"' : '\'';
  return quote + text + quote;
}

/// Text of what version 2 keeps in an attribute and version 1 in a child.
std::string FieldOf(const xml::Element& element, std::string_view name, bool is_version_1) {
  if (!is_version_1) return std::string(element.attribute(name).value_or(""));
  const auto child = element.child(name);
  return child ? std::string(child->text()) : std::string();
}

void ReadBlock(const xml::Element& element, std::string_view parent_uri, Walk& walk) {
  const bool has_attribute = element.attribute("case_id").has_value();
  if (!has_attribute && !element.child("case_id")) return;
  const bool is_version_2 = element.uri() == kVersion2;
  CaseBlock block;
  block.is_version_1 = !is_version_2 && !has_attribute && element.uri() == parent_uri;
  if (!is_version_2 && !block.is_version_1) {
    const std::string uri(element.uri());
    return walk.Refuse("VersionNotSupported",
                       uri.empty() ? "A case block has no namespace"
                                   : "Case blocks in the namespace '" + uri + "' are not known");
  }
  if (is_version_2 && !has_attribute) return;
  block.case_id = FieldOf(element, "case_id", block.is_version_1);
  if (is_version_2) block.user_id = FieldOf(element, "user_id", false);
  const std::string date = FieldOf(element, "date_modified", block.is_version_1);
  if (!date.empty()) {
    block.date_modified = ParseDateOrDateTime(date);
    if (!block.date_modified) walk.Refuse("PhoneDateValueError", Quoted(date));
  }
  ReadActions(element, block, walk);
  walk.blocks.push_back(std::move(block));
}

void WalkElement(const xml::Element& parent, Walk& walk) {
  for (const auto& group : xml::GroupChildren(parent)) {
    for (const auto& element : group.elements) {
      if (element.uri() == forms::kDeviceReportXmlns) continue;
      if (group.name == "case") {
        ReadBlock(element, parent.uri(), walk);
      } else if (element.has_children()) {
        WalkElement(element, walk);
      }
    }
  }
}

/// create < update < index < close < attachment; a block without any action counts as an update.
int EarliestKind(const CaseBlock& block) {
  if (block.has_create) return 0;
  if (block.has_update) return 1;
  if (!block.indices.empty()) return 2;
  if (block.closes) return 3;
  return block.attachments.empty() ? 1 : 4;
}

}  // namespace

FoundBlocks FindCaseBlocks(const xml::Document& form) {
  Walk walk;
  if (form.root().uri() != forms::kDeviceReportXmlns) WalkElement(form.root(), walk);
  std::stable_sort(walk.blocks.begin(), walk.blocks.end(),
                   [](const CaseBlock& a, const CaseBlock& b) {
                     const int order = a.case_id.compare(b.case_id);
                     return order != 0 ? order < 0 : EarliestKind(a) < EarliestKind(b);
                   });
  return {std::move(walk.blocks), std::move(walk.error)};
}

}  // namespace outpost::cases
