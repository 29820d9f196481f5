#pragma once

#include <cstdint>
#include <functional>

#include "base/instant.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Deletes device reports that are older than they are kept, a small slice at a time, behind
/// everything that phones send.
namespace outpost::device_logs {

inline constexpr std::int64_t kKeepDaysDefault = 60;
inline constexpr std::int64_t kKeepDaysMax = 3'650;

/// Once, now. Blocks; call from a thread that may wait. `go_on` is asked before every slice.
/// @returns how many reports went.
std::int64_t TrimAll(
    sql::Database& database, sql::Writer& writer, const blobs::BlobStore& blobs, Instant now,
    std::int64_t keep_days, const std::function<bool()>& go_on = [] { return true; });

}  // namespace outpost::device_logs
