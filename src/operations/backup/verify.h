#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/data_folder.h"
#include "operations/backup/catalogue.h"
#include "operations/backup/destination.h"
#include "operations/backup/keys.h"

/// Reads every parcel of a destination once: whole, made under this key, in its place, nothing
/// missing between. The line "open" of the key is not needed, except to know which segments the
/// bases go with.
namespace outpost::backup {

/// What a running shipper knows it has sent: a cut-off end shows only against it.
struct ExpectedEnd {
  SeriesId series{};
  std::int64_t next_number = 0;
};

/// What the data folder's spool says about a destination; empty when it never shipped there.
std::optional<ExpectedEnd> SentTo(const DataPaths& paths, const std::string& where);

struct Verified {
  std::int64_t parcels = 0, bytes = 0, bases = 0, segments = 0, files = 0;
  std::vector<std::string> damages;  // one sentence each
};

/// `progress` is told parcels read and all; it may throw to end it.
Verified VerifyBackup(const Destination& destination, const BackupKey& key,
                      const std::optional<ExpectedEnd>& expected,
                      const std::function<void(std::int64_t, std::int64_t)>& progress);

}  // namespace outpost::backup
