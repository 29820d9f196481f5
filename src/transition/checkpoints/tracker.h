#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "transition/catalogue/item.h"
#include "transition/checkpoints/state.h"
#include "transition/checkpoints/store.h"

namespace outpost::transition {

/// Looks at something and says what it saw. Collectors never call outside unless the item says so
/// and an operator has allowed it.
class Collector {
 public:
  virtual ~Collector() = default;
  /// Fills verdict, sentence, figures; nothing when this collector knows nothing about the item.
  virtual std::optional<Evidence> Look(const Item& item) const = 0;
  virtual std::string name() const = 0;
};

/// Evidence counts for this long, unless the item has a period of its own (see ValidityOf).
inline constexpr std::int64_t kValidMicros = 30 * kMicrosPerDay;
/// 180 days for a load test, 90 for a proof of restore, 30 for everything else.
std::int64_t ValidityOf(std::string_view id);

struct Blocker {
  std::string id;
  std::string why;  // "Q1.3 is open"
};
/// What keeps a checkpoint from being closed: needs that are not met, evidence that fails or is
/// absent where the machine decides alone.
std::vector<Blocker> BlockersOf(const Tracker& tracker, const Item& item, Instant now);

/// Who may close an item, by the name that was given, and how that name is written down. A server
/// asks its accounts; a file takes everybody's word.
/// Throws Problem kForbidden for whom it does not know.
using SignerBook = std::function<std::string(const std::string& by)>;

/// Changes to the tracker. Each is one audit entry; ids are checked against the catalogue.
/// @throws Problem kNotFound for unknown ids, kBadRequest for missing names or reasons, kConflict
///         when a checkpoint cannot be closed yet; its text lists what is missing; and what the
///         book of signers throws at Sign, Waive and Reopen.
class TransitionDesk {
 public:
  TransitionDesk(CheckpointStore* store, const Clock* clock, SignerBook signers = {})
      : store_(store), clock_(clock), signers_(std::move(signers)) {}

  void AnswerItem(std::string_view id, const std::string& text, const std::string& by);
  void Assign(std::string_view id, const std::string& owner, const std::string& due,
              const std::string& by);
  void Sign(std::string_view id, const Signature& signature);
  void Waive(std::string_view id, const std::string& because, const std::string& by);
  void Reopen(std::string_view id, const std::string& because, const std::string& by);
  /// Only optional sections: "3.2", "3.3", "5.1".
  void SwitchSection(const std::string& section, bool on, const std::string& by);
  /// Takes over what another tracker holds: its answers, signatures and audit trail, for which the
  /// trail here goes on. What was seen here stays when it is newer.
  /// @throws Problem kConflict when somebody has already worked with this one
  void Adopt(const Tracker& other, const std::string& by);
  /// Lets the collectors look at every item; the first one that can say whether it holds counts,
  /// and without one the first "not yet", which does not replace what another collector has seen
  /// and is still fresh. Nothing is locked while they look. Returns how many items were looked at.
  std::size_t Check(const std::vector<const Collector*>& collectors, const std::string& only_id);

  Tracker Load() const { return store_->Load(); }
  Instant Now() const { return clock_->Now(); }

 private:
  std::string SignerNamed(const std::string& by) const;

  CheckpointStore* store_;
  const Clock* clock_;
  SignerBook signers_;
};

/// A phase is passed when every checkpoint of it is signed, waived or not applicable.
struct PhaseProgress {
  std::string_view phase;
  int checkpoints = 0;
  int closed = 0;
  int overdue = 0;
  bool passed = false;
};
std::vector<PhaseProgress> ProgressOf(const Tracker& tracker, Instant now);

}  // namespace outpost::transition
