#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "domain/sync/restore.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// What a database says of itself at one position: put beside the backup by the running server, and
/// asked again of what was restored to that position. If the two differ the backup is not what the
/// server had.
namespace outpost::backup {

struct SampledForm {
  std::int64_t row = 0;
  std::string form_id, sha256;  // of the exact bytes received
  friend bool operator==(const SampledForm&, const SampledForm&) = default;
};

struct SampledUser {
  std::string project, username;
  std::int64_t cases = 0;
  std::string state_digest;  // what the phone would send as its state
  std::string sha256;        // of the restore document, its token left out
  friend bool operator==(const SampledUser&, const SampledUser&) = default;
};

struct TableCount {
  std::string table;
  std::int64_t rows = 0;
  friend bool operator==(const TableCount&, const TableCount&) = default;
};

struct Proof {
  std::int64_t seq = 0;
  Instant at;  // of that position
  /// PostgreSQL's number of the transaction that came next; empty on SQLite.
  std::string next_transaction;
  std::vector<TableCount> counts;
  std::vector<SampledForm> forms;
  std::vector<SampledUser> users;
};

/// Forms and users that are drawn, and how long the snapshot may be held for it.
inline constexpr int kFormsSampled = 100;
inline constexpr int kUsersSampled = 5;
inline constexpr std::int64_t kProofMicrosMax = 2'000'000;

/// Draws and looks, in one snapshot at a position behind which nothing else was committed under the
/// same number. After kProofMicrosMax nothing more is begun, so that the log
/// does not grow for long: large databases have fewer samples or counts.
Proof MakeProof(sql::Database& database, sql::Writer& writer, const blobs::BlobStore& blobs,
                sync::Restorer& restorer);

/// Looks at the same things in another database. @returns what differs, one sentence each
std::vector<std::string> CompareProof(const Proof& proof, sql::Database& database,
                                      const blobs::BlobStore& blobs, sync::Restorer& restorer);

std::string JsonOf(const Proof& proof);
/// @throws Problem kUnprocessable
Proof ProofOf(std::string_view json);

}  // namespace outpost::backup
