#include "operations/backup/takeover.h"

#include "operations/backup/layout.h"

namespace outpost::backup {

void NoteTakeover(Destination& destination, const BackupKey& key, const Takeover& takeover) {
  ParcelHead head;
  head.kind = ParcelKind::kTakeover;
  head.database = takeover.database;
  head.series = takeover.log;
  head.first_seq = head.last_seq = takeover.seq;
  head.first_at = head.last_at = takeover.at;
  destination.Put(TakeoverName(takeover.log), SealParcel(key, head, "").bytes);
}

std::optional<Takeover> FindTakeover(const Destination& destination, const BackupKey& key,
                                     const SeriesId& log) {
  const auto name = TakeoverName(log);
  if (!destination.Has(name)) return std::nullopt;
  const auto head = CheckParcel(key, destination.Get(name)).head;
  return Takeover{head.database, head.series, head.last_seq, head.last_at};
}

}  // namespace outpost::backup
