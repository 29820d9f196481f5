#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "format/xml/xml.h"
#include "operations/phones/phone_store.h"

/// Reads what a server answers to restores and searches, and refuses what an unmodified phone
/// refuses: the first error refuses the whole payload (restore document 6, 13, 15.1). Pure.
namespace outpost::phones {

/// A restore of 10,000 cases has 15 MB; phones themselves know no limit.
inline constexpr xml::Limits kRestoreLimits{.bytes = 256u << 20, .elements = 20'000'000};
/// Of type, name, owner and external id; in UTF-16 units, as phones count.
inline constexpr std::size_t kCaseTextUnitsMax = 255;

struct ReadOptions {
  Keep keep = Keep::kEverything;
  /// Forget cases, indices and ledgers first: a recovery (11.3).
  bool replaces_cases = false;
  xml::Limits limits = kRestoreLimits;
};

struct RestoreOutcome {
  bool is_accepted = false;
  std::string refusal;  // why not, with the line

  // Of an accepted payload; ids in the order of the document.
  std::string token;                   // restore_id; empty: there was none
  std::vector<std::string> created;    // blocks with create for cases that the phone lacked
  std::vector<std::string> recreated;  // … that the phone held already: allowed, but a waste
  std::vector<std::string> updated;
  std::vector<std::string> closed;
  std::optional<std::int64_t> items;  // as the server counted them
  std::size_t items_counted = 0;      // child elements of the root
  std::vector<std::string> fixtures;  // ids
};

/// Applies the payload to a copy and then swaps: a refused payload changes nothing.
RestoreOutcome ApplyRestore(std::string_view bytes, PhoneStore& store,
                            const ReadOptions& options = {});

/// Body of a 202 (5.4).
struct PendingRestore {
  std::string message;
  std::int64_t done = 0, total = 0;
};
/// Empty where phones call it bad data.
std::optional<PendingRestore> ReadPending(std::string_view bytes);

struct SearchOutcome {
  bool is_accepted = false;
  std::string refusal;
  std::vector<std::string> case_ids;
};
/// Results of a case search, as strictly as the web form player's storage takes them.
SearchOutcome ReadSearchResults(std::string_view bytes);

/// The text of an answer whose whole body is one message, such as a refused form's (submission
/// document 6.1), if it has that nature.
std::optional<std::string> MessageOfNature(std::string_view bytes, std::string_view nature);

}  // namespace outpost::phones
