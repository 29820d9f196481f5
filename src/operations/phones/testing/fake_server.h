#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/seeded_random.h"
#include "operations/phones/testing/history.h"

/// A server in memory, as slow and simple as it can be, to try the histories on: rightly, and with
/// one fault at a time.
namespace outpost::phones::testing {

enum class Fault : std::uint8_t {
  kNone,
  kForgetsClosed,        // a case that another phone closed is not sent
  kForgetsReassigned,    // nor one that was given away
  kEchoes,               // a phone gets its own changes
  kLosesDuringRestore,   // a form that comes during a restore is not in the new log
  kDropsOldLog,          // a new log deletes the one before
  kLogIgnoresForms,      // forms do not change logs
  kAppliesDuplicates,    // a form that was there is applied again
  kSnapshotAtTheEnd,     // the log's position is that of the end of the restore
  kSendsRemovedIndices,  // a removed index is not told
  kIgnoresExtensions,    // extensions of held hosts are not sent
  kKeepsGroups,          // the user-groups fixture does not follow
  kSendsUpdateForNew,    // update instead of create
  kSendsOldValues,       // a case that others changed is sent as it was before
  kCountsItemsWrongly,
};
inline constexpr Fault kLastFault = Fault::kCountsItemsWrongly;

/// A world with three users, two of them in one group.
HistoryWorld FakeWorld(std::uint64_t seed, Fault fault);

}  // namespace outpost::phones::testing
