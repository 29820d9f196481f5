#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "format/xml/xml.h"

/// Case blocks of a form, found and ordered as the server applies them (submission document 14,
/// 15). Pure. Version 2 and version 1 blocks.
namespace outpost::cases {

/// A deterministic refusal of a form's content (11.2, 11.3): stored as its problem,
/// "NAME: TEXT", and answered as a processing failure.
struct ContentError {
  std::string name;
  std::string text;
  std::string Told() const { return name + ": " + text; }
};

/// A property: its value is text, or JSON of an object for elements with attributes or children.
struct PropertyValue {
  std::string text;
  bool is_json = false;
  friend bool operator==(const PropertyValue&, const PropertyValue&) = default;
};

struct IndexAction {
  std::string identifier;
  std::string referenced_type;
  std::string referenced_id;  // "" removes
  std::string relationship;   // "child" or "extension"
};

struct AttachmentAction {
  std::string name;
  std::string source;  // form attachment; "" removes
};

/// Children of create or update in document order, repeated names reduced to the last value.
using Assignments = std::vector<std::pair<std::string, PropertyValue>>;

struct CaseBlock {
  std::string case_id;
  std::string user_id;                   // "" : the form's user counts
  std::optional<Instant> date_modified;  // empty: now
  bool is_version_1 = false;
  Assignments create, update;  // empty: no such action
  bool has_create = false, has_update = false;
  bool closes = false;
  std::vector<IndexAction> indices;
  std::vector<AttachmentAction> attachments;
};

struct FoundBlocks {
  std::vector<CaseBlock> blocks;  // by case id, then in the order of 15.4
  std::optional<ContentError> error;
};

FoundBlocks FindCaseBlocks(const xml::Document& form);

}  // namespace outpost::cases
