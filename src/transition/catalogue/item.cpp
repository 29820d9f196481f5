#include "transition/catalogue/item.h"

#include <algorithm>

#include "base/problem.h"
#include "base/text.h"
#include "transition/catalogue/detail/tables.h"

namespace outpost::transition {
namespace {

std::vector<Item> AllItems() {
  std::vector<Item> all;
  for (const auto items : {detail::PlanningItems(), detail::BuildingItems(), detail::RunningItems(),
                           detail::ProposalItems()}) {
    all.insert(all.end(), items.begin(), items.end());
  }
  return all;
}

constexpr std::string_view kPhases[] = {"1", "2", "3", "4", "5", "6"};

}  // namespace

std::span<const Item> Items() {
  static const std::vector<Item> kAll = AllItems();
  return kAll;
}

const Item* FindItem(std::string_view id) {
  const auto items = Items();
  const auto found =
      std::find_if(items.begin(), items.end(), [id](const Item& item) { return item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

std::vector<const Item*> ItemsOf(ItemKind kind) {
  std::vector<const Item*> found;
  for (const auto& item : Items()) {
    if (item.kind == kind) found.push_back(&item);
  }
  return found;
}

std::vector<std::string_view> NeedsOf(const Item& item) {
  if (item.needs.empty()) return {};
  return Split(item.needs, ' ');
}

std::span<const std::string_view> Phases() { return kPhases; }

std::string_view TitleOfPhase(std::string_view phase) {
  if (phase == "1") return "Architecture and sizing";
  if (phase == "2") return "Hosting, people and the migration name";
  if (phase == "3") return "Installation, links and apps";
  if (phase == "4") return "Load test, monitoring and backup";
  if (phase == "5") return "Moving the data";
  if (phase == "6") return "Running it";
  if (phase == "A1") return "Request for proposals";
  if (phase == "A2") return "Skills";
  return phase;
}

std::string_view NameOf(ItemKind kind) {
  switch (kind) {
    case ItemKind::kCheckpoint:
      return "checkpoint";
    case ItemKind::kQuestion:
      return "guiding question";
    case ItemKind::kInventory:
      return "inventory";
    case ItemKind::kSizeRow:
      return "size row";
    case ItemKind::kSizingInput:
      return "sizing input";
    case ItemKind::kConsideration:
      return "consideration";
    case ItemKind::kPrerequisite:
      return "prerequisite";
    case ItemKind::kStep:
      return "step";
    case ItemKind::kScope:
      return "scope row";
    case ItemKind::kHostingElement:
      return "hosting element";
    case ItemKind::kScaleEstimate:
      return "scale estimate";
    case ItemKind::kTradeOff:
      return "trade-off";
    case ItemKind::kRequirement:
      return "requirement";
    case ItemKind::kDeliverable:
      return "deliverable";
    case ItemKind::kSkill:
      return "skill";
  }
  OUTPOST_CHECK(false);
}

std::string_view NameOf(Level level) {
  switch (level) {
    case Level::kFull:
      return "full";
    case Level::kPartial:
      return "partial";
    case Level::kNone:
      return "none";
  }
  OUTPOST_CHECK(false);
}

std::string_view NameOf(Coverage coverage) {
  switch (coverage) {
    case Coverage::kYes:
      return "yes";
    case Coverage::kPartly:
      return "partly";
    case Coverage::kNotYet:
      return "not yet";
    case Coverage::kPeople:
      return "people's task";
  }
  OUTPOST_CHECK(false);
}

}  // namespace outpost::transition
