#pragma once

#include <string>
#include <vector>

#include "domain/apps/detail/content.h"
#include "domain/apps/files.h"
#include "domain/apps/import.h"

/// Writes a build: its files in slices that hold up nobody, then all of it becomes visible at once.
/// Private to this room.
namespace outpost::apps::detail {

struct NewFile {
  File file;  // without blobs
  Bytes served;
  std::optional<Bytes> original;  // where it differs
  std::optional<Bytes> packed;    // for texts that are worth it
  std::string media_id, media_kind;
};

struct NewBuild {
  App app;  // row 0: not there yet
  Build build;
  std::vector<NewFile> files;
};

/// Fills in the rows. @throws Problem kConflict when a build of this or a higher version came
/// between
void StoreBuild(Stores& stores, NewBuild& made);

}  // namespace outpost::apps::detail
