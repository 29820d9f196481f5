#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "operations/backup/parcel.h"

/// What a base of PostgreSQL is: the body of its manifest, as JSON.
namespace outpost::pg_backup {

struct Manifest {
  backup::SeriesId base{}, system{};
  std::uint32_t timeline = 0;
  std::int64_t start_lsn = 0;  // recovery begins at or behind it …
  std::int64_t end_lsn = 0;    // … and must come at least so far
  std::int64_t segment_bytes = 0;
  std::int64_t parts = 0, bytes = 0;  // of the tar stream
  std::int64_t seq = 0;               // newest position in it
  Instant at;                         // from when on it serves: when it was finished
  Instant begun_at;
  std::int64_t version = 0;    // of the server: 150014
  std::string database, user;  // of the connection
  std::string generation;      // of the database, changed by each restore
  std::int64_t schema_step = 0;
  std::int64_t file_bytes = 0;  // of blobs, when it was made

  int major() const { return static_cast<int>(version / 10'000); }
};

std::string JsonOf(const Manifest& manifest);
/// @throws Problem kUnprocessable
Manifest ManifestOf(std::string_view json);

}  // namespace outpost::pg_backup
