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

/// What the JSON of create or update holds, in its order: attributes as "@name", children by name
/// (of a repeated one the last), text beside them as "#text".
using Assignments = std::vector<std::pair<std::string, PropertyValue>>;

struct CaseBlock {
  std::string case_id;
  std::string user_id;                   // "" : the form's user counts
  std::optional<Instant> date_modified;  // empty: now
  bool is_version_1 = false;
  Assignments create, update;
  bool has_create = false, has_update = false;  // with any content; counts in the transaction
  bool closes = false;
  std::vector<IndexAction> indices;
  std::vector<AttachmentAction> attachments;
};

struct FoundBlocks {
  std::vector<CaseBlock> blocks;  // by case id, then in the order of 15.4
  std::optional<ContentError> error;
};

/// Finds the blocks at any depth (15.1, 15.2) and orders them (15.4). An empty case_id is kept:
/// what it means is said where blocks are applied. Cost: n log n in the form's elements.
FoundBlocks FindCaseBlocks(const xml::Document& form);

}  // namespace outpost::cases
