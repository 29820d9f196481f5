#include "operations/backup/catalogue.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::backup {
namespace {

std::optional<ProofEntry> ParseProofName(const std::string& name) {
  constexpr std::string_view kLead = "proof/";
  if (!name.starts_with(kLead)) return std::nullopt;
  const auto fields = Split(std::string_view(name).substr(kLead.size()), '-');
  if (fields.size() != 2) return std::nullopt;
  const auto at = ParseInt(fields[0]);
  const auto seq = ParseInt(fields[1]);
  if (!at || !seq) return std::nullopt;
  return ProofEntry{{*at}, *seq, name};
}

/// Why it cannot be read; empty when it was.
std::string ReadBase(const Destination& destination, const BackupKey& key, const SeriesId& base,
                     Catalogue& catalogue) {
  try {
    const auto bytes = destination.Get(BaseName(base));
    ReadParcel read;
    BaseEntry entry;
    if (key.can_open()) {
      entry.manifest = BaseManifestOf(OpenParcel(key, bytes, &read));
    } else {
      read = CheckParcel(key, bytes);
    }
    if (read.head.kind != ParcelKind::kBase || read.head.series != base ||
        (entry.manifest && entry.manifest->base != base)) {
      return "it stands in the place of another one";
    }
    entry.base = base;
    entry.at = read.head.last_at;
    entry.seq = read.head.last_seq;
    catalogue.bases.push_back(std::move(entry));
    return {};
  } catch (const Problem& problem) {
    return problem.told();
  }
}

bool IsWithin(const RestoreTarget& target, std::int64_t seq, Instant at) {
  return (!target.seq || seq <= *target.seq) && (!target.at || at <= *target.at);
}

/// Segments from `first` on, as far as they go without a gap and the target needs them.
std::vector<SegmentEntry> SegmentsFrom(const std::vector<SegmentEntry>& all, std::int64_t first,
                                       const RestoreTarget& target) {
  std::vector<SegmentEntry> found;
  for (const auto& segment : all) {
    if (segment.name.number < first) continue;
    if (segment.name.number != first + std::ssize(found)) break;
    found.push_back(segment);
    if (!IsWithin(target, segment.name.last_seq, segment.name.last_at)) break;
  }
  return found;
}

std::string ShortfallOf(const std::vector<SegmentEntry>& all,
                        const std::vector<SegmentEntry>& usable) {
  if (usable.empty() || all.empty()) return {};
  const auto last = usable.back().name.number;
  for (const auto& segment : all) {
    if (segment.name.number > last + 1) {
      return "Segment " + std::to_string(last + 1) +
             " is missing; what was committed behind it cannot be restored from this base.";
    }
    if (segment.name.number > last) return {};  // not needed for the target
  }
  return {};
}

}  // namespace

Catalogue ReadCatalogue(const Destination& destination, const BackupKey& key) {
  Catalogue catalogue;
  std::unordered_map<std::string, std::int64_t> part_bytes;  // by hex of the base
  std::vector<SeriesId> bases;
  for (const auto& object : destination.List("")) {
    if (const auto log = ParseLogName(object.name)) {
      catalogue.segments[log->series].push_back({*log, object.name, object.bytes});
    } else if (const auto base = ParseBaseName(object.name)) {
      bases.push_back(*base);
    } else if (object.name.starts_with("base/")) {
      part_bytes[std::string(Split(object.name, '/')[1])] += object.bytes;
    } else if (!BlobIdOf(object.name).empty()) {
      ++catalogue.files;
      catalogue.file_bytes += object.bytes;
    } else if (auto proof = ParseProofName(object.name)) {
      catalogue.proofs.push_back(std::move(*proof));
    }
  }
  for (const auto& base : bases) {
    const auto why = ReadBase(destination, key, base, catalogue);
    if (!why.empty()) catalogue.unreadable.push_back(BaseName(base) + ": " + why);
  }
  for (auto& base : catalogue.bases) base.bytes = part_bytes[HexOf(base.base)];
  std::sort(catalogue.bases.begin(), catalogue.bases.end(),
            [](const BaseEntry& a, const BaseEntry& b) { return a.at < b.at; });
  for (auto& [series, segments] : catalogue.segments) {
    std::sort(segments.begin(), segments.end(), [](const SegmentEntry& a, const SegmentEntry& b) {
      return a.name.number < b.name.number;
    });
  }
  return catalogue;
}

RestorePlan PlanRestore(const Catalogue& catalogue, const RestoreTarget& target) {
  std::string tried;
  for (auto base = catalogue.bases.rbegin(); base != catalogue.bases.rend(); ++base) {
    if (!base->manifest || !IsWithin(target, base->seq, base->at)) continue;
    const auto& manifest = *base->manifest;
    const auto log = catalogue.segments.find(manifest.log);
    const std::vector<SegmentEntry> none;
    const auto& all = log == catalogue.segments.end() ? none : log->second;
    RestorePlan plan;
    plan.base = manifest;
    plan.segments = SegmentsFrom(all, manifest.first_segment, target);
    const auto reach = manifest.first_segment + std::ssize(plan.segments) - 1;
    if (reach < manifest.last_segment) {
      tried += " The base of " + FormatT6(base->at) + " lacks segment " +
               std::to_string(reach + 1) + ".";
      continue;
    }
    plan.shortfall = ShortfallOf(all, plan.segments);
    plan.needed_bytes = manifest.pages * 4'096 + catalogue.file_bytes;
    for (const auto& segment : plan.segments) plan.needed_bytes += segment.bytes;
    plan.needed_bytes += plan.needed_bytes / 10;
    return plan;
  }
  std::string words = "Nothing can be restored: ";
  if (!catalogue.unreadable.empty()) {
    words += catalogue.unreadable.front() + ".";
  } else if (catalogue.bases.empty()) {
    words += "there is no whole base here.";
  } else if (tried.empty()) {
    words += "the oldest state that this backup has is that of " +
             FormatT6(catalogue.bases.front().at) + ", position " +
             std::to_string(catalogue.bases.front().seq) + ".";
  }
  throw Problem(ProblemKind::kNotFound, words + tried);
}

}  // namespace outpost::backup
