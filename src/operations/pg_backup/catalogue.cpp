#include "operations/pg_backup/catalogue.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::pg_backup {
namespace {

using backup::StoredObject;

/// Laid down, and once more in the server's own folder while it replays.
constexpr std::int64_t kCopiesOfLog = 2;

std::optional<ProofEntry> ParseProofName(const std::string& name) {
  const auto fields = Split(std::string_view(name).substr(name.find('/') + 1), '-');
  if (fields.size() != 2) return std::nullopt;
  const auto at = ParseInt(fields[0]);
  const auto seq = ParseInt(fields[1]);
  if (!at || !seq) return std::nullopt;
  return ProofEntry{{*at}, *seq, name};
}

/// Why it cannot be read; empty when it was.
std::string ReadBase(const backup::Destination& destination, const backup::BackupKey& key,
                     const SeriesId& base, Catalogue& catalogue) {
  try {
    const auto bytes = destination.Get(BaseName(base));
    backup::ReadParcel read;
    BaseEntry entry;
    if (key.can_open()) {
      entry.manifest = ManifestOf(backup::OpenParcel(key, bytes, &read));
    } else {
      read = backup::CheckParcel(key, bytes);
    }
    if (read.head.kind != backup::ParcelKind::kPgBase || read.head.series != base ||
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

void AddWal(const std::vector<StoredObject>& objects, Catalogue& catalogue) {
  std::int64_t segment_bytes = 0;
  for (const auto& base : catalogue.bases) {
    if (base.manifest) segment_bytes = base.manifest->segment_bytes;
  }
  if (segment_bytes == 0) return;
  std::map<std::tuple<SeriesId, std::uint32_t, std::int64_t>, WalEntry> best;
  for (const auto& object : objects) {
    const auto name = ParseWalName(object.name, segment_bytes);
    if (!name) continue;
    auto& entry = best[{name->system, name->timeline, name->number}];
    if (!entry.object.empty() && entry.name.filled >= name->filled) continue;
    entry = {*name, object.name, object.bytes};
  }
  for (auto& [place, entry] : best) catalogue.wal.push_back(std::move(entry));
}

/// From the base's first segment on, as far as it goes without a gap and the moment needs it.
std::vector<WalEntry> WalBehind(const Catalogue& catalogue, const Manifest& base,
                                const std::optional<Instant>& at) {
  std::vector<WalEntry> found;
  auto next = base.start_lsn / base.segment_bytes;
  for (const auto& wal : catalogue.wal) {
    if (wal.name.system != base.system || wal.name.timeline != base.timeline) continue;
    if (wal.name.number < next) continue;
    if (wal.name.number != next) break;
    found.push_back(wal);
    ++next;
    if (!wal.name.is_finished()) break;
    const bool is_in_base = wal.name.end_lsn() < base.end_lsn;
    if (at && !is_in_base && wal.name.last_at > *at) break;
  }
  return found;
}

std::string ShortfallOf(const Catalogue& catalogue, const Manifest& base, const WalEntry& last) {
  for (const auto& wal : catalogue.wal) {
    if (wal.name.system != base.system || wal.name.timeline != base.timeline) continue;
    if (wal.name.number <= last.name.number) continue;
    const auto missing = last.name.is_finished() ? last.name.number + 1 : last.name.number;
    return "Segment " + SegmentName(base.timeline, missing, base.segment_bytes) +
           " of the log is missing or not whole; what was committed behind it cannot be restored "
           "from this base.";
  }
  return {};
}

}  // namespace

bool HoldsPostgresql(const backup::Destination& destination) {
  return !destination.List("pg-base").empty() || !destination.List("pg-wal").empty();
}

Catalogue ReadCatalogue(const backup::Destination& destination, const backup::BackupKey& key) {
  Catalogue catalogue;
  std::map<std::string, std::int64_t, std::less<>> part_bytes;  // by hex of the base
  std::vector<SeriesId> bases;
  const auto objects = destination.List("");
  for (const auto& object : objects) {
    if (const auto base = ParseBaseName(object.name)) {
      bases.push_back(*base);
    } else if (object.name.starts_with("pg-base/")) {
      part_bytes[std::string(Split(object.name, '/')[1])] += object.bytes;
    } else if (!backup::BlobIdOf(object.name).empty()) {
      ++catalogue.files;
      catalogue.file_bytes += object.bytes;
    } else if (object.name.starts_with("proof/")) {
      if (auto proof = ParseProofName(object.name)) catalogue.proofs.push_back(std::move(*proof));
    }
  }
  for (const auto& base : bases) {
    const auto why = ReadBase(destination, key, base, catalogue);
    if (!why.empty()) catalogue.unreadable.push_back(BaseName(base) + ": " + why);
  }
  for (auto& base : catalogue.bases) base.bytes = part_bytes[HexOf(base.base)];
  std::sort(catalogue.bases.begin(), catalogue.bases.end(),
            [](const BaseEntry& a, const BaseEntry& b) { return a.at < b.at; });
  AddWal(objects, catalogue);
  return catalogue;
}

RestorePlan PlanRestore(const Catalogue& catalogue, const std::optional<Instant>& at) {
  std::string tried;
  for (auto base = catalogue.bases.rbegin(); base != catalogue.bases.rend(); ++base) {
    if (!base->manifest || (at && base->at > *at)) continue;
    RestorePlan plan;
    plan.base = *base->manifest;
    plan.wal = WalBehind(catalogue, plan.base, at);
    if (plan.wal.empty() || plan.wal.back().name.end_lsn() < plan.base.end_lsn) {
      const auto number = plan.base.start_lsn / plan.base.segment_bytes + std::ssize(plan.wal);
      tried += " The base of " + FormatT6(base->at) + " lacks segment " +
               SegmentName(plan.base.timeline, number, plan.base.segment_bytes) + " of the log.";
      continue;
    }
    // Without a commit behind the moment PostgreSQL would never find that it is reached.
    const auto& last = plan.wal.back();
    if (at && last.name.last_at > *at) {
      plan.stop_at = at;
    } else {
      plan.shortfall = ShortfallOf(catalogue, plan.base, last);
    }
    plan.needed_bytes = plan.base.bytes + catalogue.file_bytes +
                        kCopiesOfLog * std::ssize(plan.wal) * plan.base.segment_bytes;
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
             FormatT6(catalogue.bases.front().at) + ".";
  }
  throw Problem(ProblemKind::kNotFound, words + tried);
}

}  // namespace outpost::pg_backup
