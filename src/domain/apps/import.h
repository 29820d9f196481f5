#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "domain/apps/apps.h"
#include "domain/projects/projects.h"
#include "engine/suite/place.h"
#include "format/zip/zip.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// An archive (CCZ) becomes a build (app delivery document 16.3, 23).
namespace outpost::apps {

struct Stores {
  sql::Database& database;
  sql::Writer& writer;
  const blobs::BlobStore& blobs;
  const Clock& clock;
};

struct ImportOptions {
  /// Of the server; an app whose settings have a base_url of its own uses that.
  std::string base_url;
  std::string comment;
  std::string by;      // user name; "" for the operator
  std::string app_id;  // for a profile without uniqueid: the app that this is a build of
  bool is_released = false;
  /// Gives the build the next version where the archive's is not above that of all earlier builds.
  bool renumbers = false;
  /// Takes an app that breaks rules of section 23, such as one that was built long ago and runs in
  /// the field as it is. What cannot be read is refused all the same.
  bool accepts_errors = false;
};

/// What came of it. An app that breaks a rule of section 23 is not stored unless that was asked
/// for: `is_stored` is false and findings say where it does.
struct ImportReport {
  bool is_stored = false;
  /// The newest build has these files and addresses already; it was released if that was asked for.
  bool was_there = false;
  App app;
  Build build;
  std::vector<suite::Finding> findings;
  std::size_t files = 0, forms = 0, media = 0;
  std::int64_t bytes = 0;  // unpacked
  /// How many of its resources phones that have the build before will fetch.
  std::size_t changed = 0;
};

/// Blocks until the build is committed. Threads: any, not the writer's.
/// @throws Problem kUnprocessable for an archive without a profile or with one that cannot be read;
///         kConflict when the version is not above that of earlier builds, kNotFound for an unknown
///         options.app_id
ImportReport ImportArchive(Stores& stores, const projects::Project& project,
                           const zip::Archive& archive, const ImportOptions& options);

/// The newest build again under the next version, with the addresses of now: after a change of
/// base_url. @throws Problem kNotFound when the app has no build
ImportReport Republish(Stores& stores, const projects::Project& project, const App& app,
                       const ImportOptions& options);

/// Removes at most `limit` builds whose filling began before `before` and was given up.
/// @returns how many.
std::int64_t RemoveAbandoned(sql::Batch& batch, Instant before, int limit);

}  // namespace outpost::apps
