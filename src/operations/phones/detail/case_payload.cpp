#include "base/instant.h"
#include "base/text.h"
#include "operations/phones/detail/payload.h"

namespace outpost::phones::detail {
namespace {

using xml::Element;

/// How long Java says the text is: characters beyond the basic plane count twice.
std::size_t Utf16Units(std::string_view utf8) {
  std::size_t units = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

void CheckLength(const Element& where, std::string_view what, const std::string& value) {
  if (Utf16Units(value) > kCaseTextUnitsMax) {
    Refuse(where, std::string(what) + " is longer than 255 characters");
  }
}

/// Each block of a case works on a copy, stored at its end.
struct Block {
  const Element& element;
  std::string case_id;
  std::optional<PhoneCase> held;  // empty: the phone lacks the case
};

void CheckLengths(const Block& block) {
  CheckLength(block.element, "case_type", block.held->type);
  CheckLength(block.element, "case_name", block.held->name);
  CheckLength(block.element, "owner_id", block.held->owner_id);
  CheckLength(block.element, "external_id", block.held->external_id);
}

void Create(const Element& create, Block& block) {
  std::optional<std::string> type, name, owner;
  for (auto child = create.first_child(); child; child = child->next_sibling()) {
    if (child->name() == "case_type") {
      type = TrimmedTextOf(*child);
    } else if (child->name() == "case_name") {
      name = TrimmedTextOf(*child);
    } else if (child->name() == "owner_id") {
      owner = TrimmedTextOf(*child);
    } else {
      Refuse(*child, "create holds " + std::string(child->name()));
    }
  }
  if (!type || !name)
    Refuse(create, "create of " + block.case_id + " lacks case_type or case_name");
  if (!owner) owner = std::string(block.element.attribute("user_id").value_or(""));
  if (owner->empty()) Refuse(create, "create of " + block.case_id + " has no owner");
  // A case that is held keeps what the block does not name: phones accept a second create.
  if (!block.held) block.held.emplace();
  block.held->type = *type;
  block.held->name = *name;
  block.held->owner_id = *owner;
}

void Update(const Element& update, Block& block) {
  auto& held = *block.held;
  for (auto child = update.first_child(); child; child = child->next_sibling()) {
    const auto name = child->name();
    auto value = TrimmedTextOf(*child);
    if (name == "case_type") {
      held.type = std::move(value);
    } else if (name == "case_name") {
      held.name = std::move(value);
    } else if (name == "owner_id") {
      held.owner_id = std::move(value);
    } else if (name == "external_id") {
      held.external_id = std::move(value);
    } else if (name == "date_opened") {
      if (!ParseDate(value)) Refuse(*child, "date_opened is no date");
    } else {
      held.properties[std::string(name)] = std::move(value);
    }
  }
}

void Index(const Element& index, Block& block) {
  for (auto child = index.first_child(); child; child = child->next_sibling()) {
    const auto relationship = child->attribute("relationship");
    if (relationship && relationship->empty()) Refuse(*child, "relationship is empty");
    CaseIndex entry;
    entry.identifier = child->name();
    entry.target = TrimmedTextOf(*child);
    entry.target_type = child->attribute("case_type").value_or("");
    entry.is_extension = relationship == "extension";
    if (entry.target == block.case_id) Refuse(*child, block.case_id + " points at itself");
    SetIndex(*block.held, std::move(entry));
  }
}

void Require(const Element& where, const Block& block) {
  if (!block.held) {
    Refuse(where, "the phone lacks " + block.case_id + " and cannot update, index or close it");
  }
}

void DropForRules(PhoneCase& held) {
  held.type.clear();
  held.name.clear();
  held.external_id.clear();
  held.properties.clear();
  for (auto& index : held.indices) index.target_type.clear();
}

void Note(const Block& block, bool was_held, bool creates, RestoreOutcome& outcome) {
  if (!creates) {
    outcome.updated.push_back(block.case_id);
  } else {
    (was_held ? outcome.recreated : outcome.created).push_back(block.case_id);
  }
  if (block.held->is_closed) outcome.closed.push_back(block.case_id);
}

/// True when it was a create.
bool Act(const Element& action, Block& block) {
  if (IsNamed(action, "create")) {
    Create(action, block);
    CheckLengths(block);
    return true;
  }
  if (IsNamed(action, "update")) {
    Require(action, block);
    Update(action, block);
    CheckLengths(block);
  } else if (IsNamed(action, "index")) {
    Require(action, block);
    Index(action, block);
  } else if (IsNamed(action, "close")) {
    Require(action, block);
    block.held->is_closed = true;
  } else if (IsNamed(action, "attachment")) {
    Require(action, block);
  }
  return false;
}

}  // namespace

void ReadCase(const Element& element, Payload& payload) {
  Block block{element, RequiredAttribute(element, "case_id"), std::nullopt};
  if (!ParseDateOrDateTime(RequiredAttribute(element, "date_modified"))) {
    Refuse(element, "date_modified is no date");
  }
  auto& cases = payload.store.cases;
  const auto known = cases.find(block.case_id);
  const bool was_held = known != cases.end();
  if (was_held) block.held = known->second;
  bool creates = false;
  for (auto action = element.first_child(); action; action = action->next_sibling()) {
    creates = Act(*action, block) || creates;
  }
  if (!block.held) return;
  Note(block, was_held, creates, payload.outcome);
  if (payload.options.keep == Keep::kRules) DropForRules(*block.held);
  cases.insert_or_assign(block.case_id, std::move(*block.held));
}

}  // namespace outpost::phones::detail
