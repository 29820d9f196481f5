#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "operations/backup/destination.h"
#include "operations/backup/keys.h"
#include "operations/pg_backup/layout.h"
#include "operations/pg_backup/manifest.h"

/// What a destination holds of a PostgreSQL, and what can be restored from it.
namespace outpost::pg_backup {

/// Whether a PostgreSQL was backed up there; names are enough.
bool HoldsPostgresql(const backup::Destination& destination);

struct BaseEntry {
  SeriesId base{};
  Instant at;                        // from when on it serves
  std::int64_t seq = 0;              // newest position in it
  std::int64_t bytes = 0;            // of its parts, packed
  std::optional<Manifest> manifest;  // when the key could open it
};

struct WalEntry {
  WalName name;
  std::string object;
  std::int64_t bytes = 0;
};

struct ProofEntry {
  Instant at;
  std::int64_t seq = 0;
  std::string object;
};

struct Catalogue {
  std::vector<BaseEntry> bases;    // oldest first
  std::vector<WalEntry> wal;       // by timeline and number; each segment once, as filled as it is
  std::vector<ProofEntry> proofs;  // oldest first
  std::int64_t files = 0, file_bytes = 0;
  std::vector<std::string> unreadable;  // names of manifests, with the reason
};

/// Reads names, and the manifests. The key must be able to open.
Catalogue ReadCatalogue(const backup::Destination& destination, const backup::BackupKey& key);

struct RestorePlan {
  Manifest base;
  std::vector<WalEntry> wal;      // without gaps, from the base's first segment on
  std::int64_t needed_bytes = 0;  // about what the restored folder takes
  /// The log must not be replayed to its end; empty: to its end.
  std::optional<Instant> stop_at;
  std::string shortfall;  // what the target cannot get, in words; empty when all is there
};

/// The newest whole base from before the moment, and the log behind it.
/// @throws Problem kNotFound when nothing at or before it can be restored
RestorePlan PlanRestore(const Catalogue& catalogue, const std::optional<Instant>& at);

}  // namespace outpost::pg_backup
