#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "operations/backup/destination.h"
#include "operations/backup/layout.h"
#include "operations/backup/manifest.h"

/// What a destination holds, and what can be restored from it.
namespace outpost::backup {

struct SegmentEntry {
  LogName name;
  std::string object;
  std::int64_t bytes = 0;
};

struct BaseEntry {
  SeriesId base{};
  Instant at;                            // from when on it serves
  std::int64_t seq = 0;                  // the same as a position
  std::int64_t bytes = 0;                // of its parts, packed
  std::optional<BaseManifest> manifest;  // when the key could open it
};

struct ProofEntry {
  Instant at;
  std::int64_t seq = 0;
  std::string object;
};

struct Catalogue {
  std::vector<BaseEntry> bases;                            // oldest first
  std::map<SeriesId, std::vector<SegmentEntry>> segments;  // by number
  std::vector<ProofEntry> proofs;                          // oldest first
  std::int64_t files = 0, file_bytes = 0;                  // blobs
  std::vector<std::string> unreadable;                     // names of manifests, with the reason
};

/// Reads names, and the manifests.
Catalogue ReadCatalogue(const Destination& destination, const BackupKey& key);

/// What is to be restored: the newest state at or before it.
struct RestoreTarget {
  std::optional<Instant> at;
  std::optional<std::int64_t> seq;
};

struct RestorePlan {
  BaseManifest base;
  std::vector<SegmentEntry> segments;  // without gaps, from base.first_segment on
  std::int64_t needed_bytes = 0;       // about what the restored folder takes
  /// What the target cannot get, in words; empty when all is there.
  std::string shortfall;
};

/// The newest whole base at or before the target, and the segments behind it.
/// @throws Problem kNotFound when nothing at or before the target can be restored
RestorePlan PlanRestore(const Catalogue& catalogue, const RestoreTarget& target);

}  // namespace outpost::backup
