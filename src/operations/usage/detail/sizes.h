#pragma once

#include <cstdint>
#include <filesystem>

#include "base/data_folder.h"
#include "store/sql/connection.h"

namespace outpost::usage::detail {

/// 0 when it cannot be read.
std::int64_t FileBytes(const std::filesystem::path& file);
/// Of the primary database with its indexes, without SQLite's log.
std::int64_t DatabaseBytes(sql::Connection& reader, const DataPaths& paths);

}  // namespace outpost::usage::detail
