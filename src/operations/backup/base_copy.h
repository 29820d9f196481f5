#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "operations/backup/parcel.h"

/// The base of a backup: a plain copy of the database file while it changes. It is made by a
/// process of its own, because closing the file in the serving process would give up SQLite's locks
/// on it. A base becomes a database together with every frame since the log's life in which it was
/// begun, up to its end or any later commit.
namespace outpost::backup {

struct BasePlan {
  std::filesystem::path database_file;
  std::string where;  // destination
  std::filesystem::path key_file;
  DatabaseId database{};
  SeriesId base{};
  std::int64_t bytes_per_second = 0;  // 0: no limit
};

struct BaseCopied {
  std::int64_t pages = 0, parts = 0;
  Check last_check{};
};

/// Told bytes read so far and the file's size; false ends the copy. @throws as the copy does
using CopyProgress = std::function<bool(std::int64_t done, std::int64_t total)>;

/// Reads the whole file and puts its parts. @throws Problem, also when `progress` said no
BaseCopied CopyBase(const BasePlan& plan, const CopyProgress& progress);

/// Does so in a child process of this program, at a low priority.
BaseCopied CopyBaseInChild(const BasePlan& plan, const CopyProgress& progress);
/// The child's side, `outpost backup copy-base`: tells its progress on standard output.
void RunBaseChild(const BasePlan& plan);

}  // namespace outpost::backup
