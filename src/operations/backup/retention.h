#pragma once

#include <cstdint>

#include "operations/backup/destination.h"
#include "operations/backup/drill.h"
#include "operations/backup/keys.h"

/// What is past its time goes. What stays is enough for every moment of the last `keep_days` days:
/// the newest base from before them, and everything later. Blobs stay for ever: an old one may be
/// named by any state that can be restored.
namespace outpost::backup {

struct Retired {
  std::int64_t bases = 0, segments = 0, proofs = 0;
};

/// Removes nothing unless a drill has proven a state that is newer than the base that then is the
/// oldest one. The key must be able to open. @throws Problem
Retired RetireOld(Destination& destination, const BackupKey& key, std::int64_t keep_days,
                  Instant now, const DrillHistory& drills);

/// Removes parts of bases that were begun and never finished, such as by a server that was killed.
/// Not while a base is being made.
void RemoveUnfinishedBases(Destination& destination);

}  // namespace outpost::backup
