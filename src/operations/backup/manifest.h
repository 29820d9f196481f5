#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "operations/backup/parcel.h"

/// What a base is: the body of its manifest, as JSON.
namespace outpost::backup {

struct BaseManifest {
  SeriesId base{}, log{};          // the base's own series, and that of the segments it goes with
  std::int64_t first_segment = 0;  // replay begins here …
  std::int64_t last_segment = -1;  // … and goes at least through this one; below first: none needed
  std::int64_t parts = 0, pages = 0;
  std::int64_t seq = 0;  // the first position that can be restored from it
  Instant at;            // and its moment
  Instant begun_at, ended_at;
  std::string generation;  // of the database, changed by each restore
  std::int64_t schema_step = 0;
  std::int64_t file_bytes = 0;  // of blobs, when it was made
};

std::string JsonOf(const BaseManifest& manifest);
/// @throws Problem kUnprocessable
BaseManifest BaseManifestOf(std::string_view json);

}  // namespace outpost::backup
