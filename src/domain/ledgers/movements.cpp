#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "domain/forms/form_xml.h"
#include "domain/ledgers/ledger.h"

namespace outpost::ledgers {
namespace {

constexpr std::string_view kLedgerXmlns = "http://commcarehq.org/ledger/v1";
constexpr std::array<std::string_view, 4> kBuiltInTypes = {"stockonhand", "stockout", "receipts",
                                                           "consumption"};

struct Walk {
  std::vector<Movement> movements;
  std::optional<cases::ContentError> error;

  void Refuse(std::string name, std::string text) {
    if (!error) error = cases::ContentError{std::move(name), std::move(text)};
  }
};

/// What the entries of one block have in common.
struct Block {
  Kind kind = Kind::kBalance;
  std::string section_id;  // "": each entry lists values with sections of their own
  std::optional<Instant> date;
  std::string user_type;
  /// Cases with the sign their quantity gets.
  std::vector<std::pair<std::string, int>> cases;
};

std::string TextOf(const xml::Element& element, std::string_view name) {
  return std::string(element.attribute(name).value_or(""));
}

/// A decimal number cut to a whole one; empty when the text is none.
std::optional<std::int64_t> ParseQuantity(std::string_view text) {
  text = Trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto read = std::from_chars(text.data(), end, whole);
      read.ec == std::errc() && read.ptr == end) {
    return whole;
  }
  double decimal = 0;
  const auto read = std::from_chars(text.data(), end, decimal);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(decimal)) return std::nullopt;
  constexpr double kEdge = 2.0 * static_cast<double>(kQuantityMax);
  return static_cast<std::int64_t>(std::clamp(std::trunc(decimal), -kEdge, kEdge));
}

bool IsWithin(std::string_view text, std::size_t characters_max) {
  return CountCharacters(text) <= characters_max;
}

void CheckLengths(const Movement& movement, Walk& walk) {
  const auto refuse = [&](std::string_view field, std::string_view why) {
    walk.Refuse("CaseValueError", "Error processing ledger: Field: " + std::string(field) +
                                      ", Error: Value exceeds allowed " + std::string(why));
  };
  if (!IsWithin(movement.key.section_id, kIdCharactersMax)) refuse("section_id", "length: 100");
  if (!IsWithin(movement.key.entry_id, kIdCharactersMax)) refuse("entry_id", "length: 100");
  if (movement.quantity > kQuantityMax || movement.quantity < -kQuantityMax)
    refuse("quantity", "amount: 10^15");
}

void ReadValue(const Block& block, const std::string& section_id, const std::string& entry_id,
               std::string_view quantity_text, Walk& walk) {
  const auto quantity = ParseQuantity(quantity_text);
  if (!quantity) return;
  if (entry_id.empty()) {
    return walk.Refuse("MissingProductId", "Product IDs must be set for all ledger updates!");
  }
  for (const auto& [case_id, sign] : block.cases) {
    Movement movement{
        block.kind, {case_id, section_id, entry_id}, *quantity * sign, block.date, block.user_type};
    CheckLengths(movement, walk);
    walk.movements.push_back(std::move(movement));
  }
}

void ReadEntry(const xml::Element& entry, const Block& block, Walk& walk) {
  const std::string entry_id = TextOf(entry, "id");
  if (!block.section_id.empty()) {
    return ReadValue(block, block.section_id, entry_id, TextOf(entry, "quantity"), walk);
  }
  for (auto value = entry.first_child(); value; value = value->next_sibling()) {
    if (value->name() != "value") continue;
    ReadValue(block, TextOf(*value, "section-id"), entry_id, TextOf(*value, "quantity"), walk);
  }
}

void ReadCases(const xml::Element& element, Block& block, Walk& walk) {
  if (block.kind == Kind::kBalance) {
    block.cases.emplace_back(TextOf(element, "entity-id"), 1);
  } else {
    const auto source = element.attribute("src");
    const auto destination = element.attribute("dest");
    if (source.value_or("").empty() && destination.value_or("").empty()) {
      return walk.Refuse("IllegalCaseId",
                         "Can't specify a transaction block with no src or dest case");
    }
    if (source) block.cases.emplace_back(*source, -1);
    if (destination) block.cases.emplace_back(*destination, 1);
  }
  for (const auto& named : block.cases) {
    if (named.first.empty()) walk.Refuse("IllegalCaseId", "case_id must not be empty");
  }
}

void ReadBlock(const xml::Element& element, Kind kind, Walk& walk) {
  Block block;
  block.kind = kind;
  block.section_id = TextOf(element, "section-id");
  const std::string date = TextOf(element, "date");
  if (!date.empty()) {
    block.date = ParseDateOrDateTime(date);
    if (!block.date) walk.Refuse("InvalidDate", "'" + date + "'");
  }
  const std::string type = TextOf(element, "type");
  if (std::find(kBuiltInTypes.begin(), kBuiltInTypes.end(), type) == kBuiltInTypes.end()) {
    block.user_type = FirstCharacters(type, kUserTypeCharactersMax);
  }
  ReadCases(element, block, walk);
  for (auto entry = element.first_child(); entry; entry = entry->next_sibling()) {
    if (entry->name() == "entry") ReadEntry(*entry, block, walk);
  }
}

void WalkElement(const xml::Element& parent, Walk& walk) {
  for (auto child = parent.first_child(); child; child = child->next_sibling()) {
    const bool is_ledger = child->uri() == kLedgerXmlns;
    if (is_ledger && child->name() == "balance") {
      ReadBlock(*child, Kind::kBalance, walk);
    } else if (is_ledger && child->name() == "transfer") {
      ReadBlock(*child, Kind::kTransfer, walk);
    } else {
      WalkElement(*child, walk);
    }
  }
}

}  // namespace

FoundMovements FindMovements(const xml::Document& form) {
  Walk walk;
  if (form.root().uri() != forms::kDeviceReportXmlns) WalkElement(form.root(), walk);
  return {std::move(walk.movements), std::move(walk.error)};
}

}  // namespace outpost::ledgers
