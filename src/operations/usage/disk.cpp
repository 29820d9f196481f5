#include <sys/statvfs.h>

#include <filesystem>
#include <system_error>

#include "base/problem.h"
#include "operations/usage/detail/sizes.h"
#include "operations/usage/usage.h"

namespace outpost::usage {
namespace detail {

std::int64_t FileBytes(const std::filesystem::path& file) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(file, error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

std::int64_t DatabaseBytes(sql::Connection& reader, const DataPaths& paths) {
  if (reader.engine() == sql::Engine::kSqlite) return FileBytes(paths.database());
  const auto rows = reader.Query("SELECT pg_database_size(current_database())");
  return rows->Next() ? rows->Int(0) : 0;
}

}  // namespace detail

namespace {

DiskSample Look(const DataPaths& paths, Instant now, std::int64_t database_bytes) {
  struct statvfs volume {};
  if (::statvfs(paths.root.c_str(), &volume) != 0) {
    throw Problem(ProblemKind::kInternal,
                  "The data folder " + paths.root.string() + " cannot be looked at.");
  }
  const auto unit = static_cast<std::int64_t>(volume.f_frsize);
  DiskSample sample;
  sample.at = now;
  sample.capacity_bytes = static_cast<std::int64_t>(volume.f_blocks) * unit;
  sample.free_bytes = static_cast<std::int64_t>(volume.f_bavail) * unit;
  sample.database_bytes = database_bytes;
  sample.log_bytes = detail::FileBytes(paths.database().string() + "-wal");
  return sample;
}

}  // namespace

void UsageKeeper::SampleDisk() {
  const auto now = clock_.Now();
  const auto sample = Look(paths_, now, detail::DatabaseBytes(*database_.Read(), paths_));
  const std::int64_t day = now.micros / kMicrosPerDay;
  writer_.Run(0, [&](sql::Batch& batch) {
    batch.connection().Execute(
        "INSERT INTO usage_disk (day, at, capacity_bytes, free_bytes, database_bytes, log_bytes) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (day) DO UPDATE SET at = excluded.at, "
        "capacity_bytes = excluded.capacity_bytes, free_bytes = excluded.free_bytes, "
        "database_bytes = excluded.database_bytes, log_bytes = excluded.log_bytes",
        {day, sample.at.micros, sample.capacity_bytes, sample.free_bytes, sample.database_bytes,
         sample.log_bytes});
    batch.connection().Execute("DELETE FROM usage_disk WHERE day < $1",
                               {day - std::int64_t{kDiskDaysKept}});
  });
}

}  // namespace outpost::usage
