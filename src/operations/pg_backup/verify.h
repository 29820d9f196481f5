#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/data_folder.h"
#include "operations/backup/destination.h"
#include "operations/backup/keys.h"
#include "operations/backup/verify.h"
#include "operations/pg_backup/layout.h"

/// Reads every parcel of a PostgreSQL's backup once: whole, made under this key, in its place,
/// nothing missing between. The line "open" of the key is needed to know how large segments are.
namespace outpost::pg_backup {

/// What a running shipper knows it has sent: a cut-off end shows only against it.
struct ExpectedEnd {
  SeriesId system{};
  std::uint32_t timeline = 0;
  std::int64_t next_number = 0;
};
/// What the data folder's spool says about a destination; empty when it never shipped there.
std::optional<ExpectedEnd> SentTo(const DataPaths& paths, const std::string& where);

/// `segments` of the result are those of PostgreSQL's log.
backup::Verified VerifyBackup(const backup::Destination& destination, const backup::BackupKey& key,
                              const std::optional<ExpectedEnd>& expected,
                              const std::function<void(std::int64_t, std::int64_t)>& progress);

}  // namespace outpost::pg_backup
