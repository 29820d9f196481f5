#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The catalogue of the transition: every checkpoint, guiding question, step and table row of the
/// transition guide, by its stable id, in our own words. It never changes while the program runs.
/// Source: spec migration-and-operations 8.
namespace outpost::transition {

enum class ItemKind : std::uint8_t {
  kCheckpoint,
  kQuestion,
  kInventory,
  kSizeRow,
  kSizingInput,
  kConsideration,
  kPrerequisite,
  kStep,
  kScope,  // who does what, in the request for proposals
  kHostingElement,
  kScaleEstimate,
  kTradeOff,
  kRequirement,
  kDeliverable,
  kSkill,
};

/// How much a machine can find out by itself.
enum class Level : std::uint8_t {
  kFull,     // the machine decides
  kPartial,  // the machine gathers evidence, a person confirms
  kNone,     // a person answers
};

struct Item {
  std::string_view id;
  ItemKind kind = ItemKind::kQuestion;
  std::string_view phase;    // "1" to "6", "A1", "A2"
  std::string_view section;  // "2.2", "scope"
  bool optional = false;     // belongs to a section that may be switched off (3.2, 3.3, 5)
  Level level = Level::kNone;
  std::string_view text;
  std::string_view proof;  // what shows that it holds; completes "not yet: needs …"
  std::string_view needs;  // items that have to hold before: ids separated by blanks
};

std::span<const Item> Items();
/// nullptr when there is no such item.
const Item* FindItem(std::string_view id);
std::vector<const Item*> ItemsOf(ItemKind kind);
std::vector<std::string_view> NeedsOf(const Item& item);

std::string_view NameOf(ItemKind kind);  // "guiding question"
std::string_view NameOf(Level level);    // "full", "partial", "none"
/// "Architecture and sizing" for "1".
std::string_view TitleOfPhase(std::string_view phase);
std::span<const std::string_view> Phases();  // "1" … "6"

/// What Outpost does about a checkpoint today, said honestly; a row of a bidder's answer.
enum class Coverage : std::uint8_t { kYes, kPartly, kNotYet, kPeople };

struct Answer {
  std::string_view id;  // of the checkpoint
  Coverage coverage = Coverage::kNotYet;
  std::string_view text;
};

std::span<const Answer> Answers();
std::string_view NameOf(Coverage coverage);  // "yes", "partly", "not yet", "people's task"

}  // namespace outpost::transition
