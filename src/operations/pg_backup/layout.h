#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "operations/backup/layout.h"
#include "operations/backup/parcel.h"

/// What lies where at a destination that holds a PostgreSQL. Files, settings and proofs lie as in
/// operations/backup/layout.h.
///
///   pg-base/<base>/<number>.part     16 MiB of the tar stream of pg_basebackup, before packing
///   pg-base/<base>/base              the manifest, put last
///   pg-wal/<system>/<timeline and upper half>/<segment>-<filled>-<last seq>-<last moment>.wal
///
/// <system> is PostgreSQL's own id of the cluster, <segment> its name of a file of the log. The
/// segment that is not finished lies there with as many bytes as are filled; of several with one
/// name the one that is filled most counts.
namespace outpost::pg_backup {

using backup::SeriesId;

struct WalName {
  SeriesId system{};
  std::uint32_t timeline = 0;
  std::int64_t number = 0;  // of the segment: its first position divided by the segments' size
  std::int64_t segment_bytes = 0;
  std::int64_t filled = 0;    // bytes from its front; segment_bytes: it is finished
  std::int64_t last_seq = 0;  // newest position of the change log that is surely in it or before
  Instant last_at;            // its moment

  bool is_finished() const { return filled == segment_bytes; }
  std::int64_t end_lsn() const { return number * segment_bytes + filled; }
};

/// PostgreSQL's name of a file of its log: 24 hex digits.
std::string SegmentName(std::uint32_t timeline, std::int64_t number, std::int64_t segment_bytes);
struct SegmentPlace {
  std::uint32_t timeline = 0;
  std::int64_t number = 0;
};
std::optional<SegmentPlace> ParseSegmentName(std::string_view name, std::int64_t segment_bytes);

std::string NameOf(const WalName& wal);
/// Needs to know how large segments are, which is in the manifests.
std::optional<WalName> ParseWalName(std::string_view name, std::int64_t segment_bytes);
std::string WalFolder(const SeriesId& system);

std::string BasePartName(const SeriesId& base, std::int64_t number);
std::string BaseName(const SeriesId& base);
/// Of the name of a manifest; empty for all other names.
std::optional<SeriesId> ParseBaseName(std::string_view name);

}  // namespace outpost::pg_backup
