#pragma once

#include <string>
#include <vector>

#include "engine/suite/profile.h"
#include "operations/phones/apps/app_fetch.h"
#include "operations/phones/apps/app_result.h"
#include "operations/phones/apps/resource_table.h"

/// Fetches an app file by file into a table of its own (app delivery document 5.5, 6).
namespace outpost::phones {

/// An app that is installed, or on its way. Plain data: what it holds survives the program.
struct AppCopy {
  suite::Profile profile;
  Place came_from;  // of the profile
  ResourceTable table;
  bool is_whole = false;  // everything that must be here is

  bool empty() const { return table.empty(); }
};

/// What a fetch needs to know of the phone.
struct StagingDoors {
  const Fetch& fetch;
  http::Headers headers;
  suite::ClientVersion client;
};

/// Fetches and checks the profile; its suites are then in the table, not yet fetched. Anything but
/// kUpdateStaged: `copy` is as it was.
AppOutcome StageProfile(const StagingDoors& doors, const Place& place, AppCopy& copy);

/// Fetches what is not yet there, or takes it from `installed` (may be null) where that has it in
/// no lower version. Ends at the first file that cannot be had: those before it stay.
/// @returns kUpdateStaged when the copy is whole
AppOutcome StageFiles(const StagingDoors& doors, const AppCopy* installed, AppCopy& copy);

/// Fetches a lazy file of an installed app.
AppOutcome StageLazy(const StagingDoors& doors, TableEntry& entry);

}  // namespace outpost::phones
