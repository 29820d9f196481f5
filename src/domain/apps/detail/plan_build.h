#pragma once

#include "domain/apps/detail/content.h"
#include "domain/apps/detail/store_build.h"
#include "domain/apps/import.h"
#include "engine/suite/app.h"

/// From an app that was read to the files of a build. Private to this room.
namespace outpost::apps::detail {

struct PlanInput {
  const Content& content;
  const suite::App& app;
  const blobs::BlobStore& blobs;
  sql::Connection& connection;
  std::string project;  // name
};

/// Ids, versions and addresses are decided, every file is taken. `made.app` and the build's
/// version, id, address and hash are filled in before. @returns how many resources phones fetch.
std::size_t PlanFiles(const PlanInput& input, NewBuild& made);

/// Over paths and content: the same for the same app.
std::string ContentHash(const Content& content);

}  // namespace outpost::apps::detail
