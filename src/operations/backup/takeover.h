#pragma once

#include <cstdint>
#include <optional>

#include "operations/backup/destination.h"
#include "operations/backup/keys.h"
#include "operations/backup/parcel.h"

/// Two servers that both believe to be the only one lose forms. A standby that goes on from a
/// series of segments says so beside them; the server that shipped them looks for that when it
/// starts, and while it ships.
namespace outpost::backup {

struct Takeover {
  DatabaseId database{};
  SeriesId log{};
  std::int64_t seq = 0;  // what the standby had
  Instant at;            // when it took over
};

void NoteTakeover(Destination& destination, const BackupKey& key, const Takeover& takeover);
/// Of this series, if somebody went on from it. @throws Problem when the destination is away
std::optional<Takeover> FindTakeover(const Destination& destination, const BackupKey& key,
                                     const SeriesId& log);

}  // namespace outpost::backup
