#include "operations/backup/retention.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/text.h"
#include "operations/backup/catalogue.h"
#include "operations/backup/layout.h"

namespace outpost::backup {
namespace {

/// The newest base from before the days that are kept; the end when there is none.
std::size_t OldestNeeded(const std::vector<BaseEntry>& bases, Instant cutoff) {
  std::size_t oldest = bases.size();
  for (std::size_t i = 0; i < bases.size(); ++i) {
    if (bases[i].at <= cutoff) oldest = i;
  }
  return oldest;
}

void RemoveBase(Destination& destination, const SeriesId& base) {
  destination.Remove(BaseName(base));  // first, so that no half base looks whole
  for (const auto& object : destination.List("base/" + HexOf(base)))
    destination.Remove(object.name);
  destination.Remove(SettingsName(base));
}

}  // namespace

Retired RetireOld(Destination& destination, const BackupKey& key, std::int64_t keep_days,
                  Instant now, const DrillHistory& drills) {
  Retired retired;
  const auto catalogue = ReadCatalogue(destination, key);
  const Instant cutoff = now + -keep_days * kMicrosPerDay;
  const auto oldest = OldestNeeded(catalogue.bases, cutoff);
  if (oldest == catalogue.bases.size() || !catalogue.unreadable.empty()) return retired;
  const auto& anchor = catalogue.bases[oldest];
  if (!drills.last_good || drills.last_good->newest < anchor.at || !anchor.manifest) return retired;

  std::map<SeriesId, std::int64_t> first_needed;  // by series
  for (std::size_t i = oldest; i < catalogue.bases.size(); ++i) {
    const auto& manifest = catalogue.bases[i].manifest;
    if (!manifest) return retired;
    const auto [entry, is_new] = first_needed.try_emplace(manifest->log, manifest->first_segment);
    if (!is_new) entry->second = std::min(entry->second, manifest->first_segment);
  }
  for (std::size_t i = 0; i < oldest; ++i) {
    RemoveBase(destination, catalogue.bases[i].base);
    ++retired.bases;
  }
  for (const auto& [series, segments] : catalogue.segments) {
    const auto needed = first_needed.find(series);
    for (const auto& segment : segments) {
      const bool is_needed = needed != first_needed.end() ? segment.name.number >= needed->second
                                                          : segment.name.last_at > cutoff;
      if (is_needed) continue;
      destination.Remove(segment.object);
      ++retired.segments;
    }
  }
  for (const auto& proof : catalogue.proofs) {
    if (proof.at > cutoff || proof.object == catalogue.proofs.back().object) continue;
    destination.Remove(proof.object);
    ++retired.proofs;
  }
  return retired;
}

void RemoveUnfinishedBases(Destination& destination) {
  std::set<std::string> whole;
  const auto objects = destination.List("base");
  for (const auto& object : objects) {
    if (const auto base = ParseBaseName(object.name)) whole.insert(HexOf(*base));
  }
  for (const auto& object : objects) {
    if (!whole.contains(std::string(Split(object.name, '/')[1]))) destination.Remove(object.name);
  }
  for (const auto& object : destination.List("settings")) {
    if (!whole.contains(std::string(Split(object.name, '/')[1]))) destination.Remove(object.name);
  }
}

}  // namespace outpost::backup
