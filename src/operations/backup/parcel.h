#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "operations/backup/keys.h"

/// A parcel is one file of a backup: a head that can be read without a key, a body that is packed
/// (zstd) and sealed, and a check over both. All numbers are little-endian.
///
///   "OPPARCEL"  version  kind  database  series  number  first and last seq  first and last moment
///   previous    length of the plain body, of the sealed one    the body's key, sealed
///   body (XChaCha20-Poly1305, the head is authenticated with it)
///   check (BLAKE2b-256 under the check key, over all before)
namespace outpost::backup {

enum class ParcelKind : std::uint8_t {
  kLog = 1,       // commits: log_segment.h
  kBasePart = 2,  // pages of the database file
  kBase = 3,      // the base's manifest; it exists only when the base is whole
  kFile = 4,      // one blob
  kSettings = 5,  // configuration and, when wanted, secrets
  kProof = 6,     // what a restore of one position must show: proof.h
  kTakeover = 7,  // a standby went on from this position of a series: takeover.h
  // Of a PostgreSQL: operations/pg_backup.
  kPgBasePart = 8,  // of the stream of its base backup
  kPgBase = 9,      // that base's manifest
  kPgWal = 10,      // a segment of its log, as far as it is filled
};

using Check = std::array<std::uint8_t, 32>;
using DatabaseId = std::array<std::uint8_t, 16>;
using SeriesId = std::array<std::uint8_t, 8>;

struct ParcelHead {
  ParcelKind kind = ParcelKind::kLog;
  DatabaseId database{};    // of the server whose backup it is
  SeriesId series{};        // parcels that follow each other: one log without gaps, one base
  std::int64_t number = 0;  // within the series, from 0
  /// Positions: behind which it begins, and at which it ends. Of a base part: its pages, from 1.
  std::int64_t first_seq = 0, last_seq = 0;
  Instant first_at, last_at;
  /// The check of the parcel before it in its series, so that a missing or swapped one shows; zeros
  /// for the first. Of a blob: its SHA-256.
  Check previous{};
};

/// Bytes of a head, its lengths and key included.
inline constexpr std::size_t kParcelHeadBytes = 248;
/// More is no parcel of ours: 64 MiB of plain bytes.
inline constexpr std::int64_t kPlainBytesMax = std::int64_t{64} << 20;

struct SealedParcel {
  std::string bytes;
  Check check{};
};

/// Threads: any. `body` has at most kPlainBytesMax bytes.
SealedParcel SealParcel(const BackupKey& key, const ParcelHead& head, std::string_view body);

struct ReadParcel {
  ParcelHead head;
  Check check{};
  std::int64_t plain_bytes = 0;
};

/// Looks at a parcel without opening it: shape, lengths, check.
/// @throws Problem kUnprocessable that says what is wrong: damaged, or made under another key
ReadParcel CheckParcel(const BackupKey& key, std::string_view bytes);

/// The same, then the plain body. @throws Problem kUnprocessable, also when `key` cannot open
std::string OpenParcel(const BackupKey& key, std::string_view bytes, ReadParcel* read = nullptr);

}  // namespace outpost::backup
