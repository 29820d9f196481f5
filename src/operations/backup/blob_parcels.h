#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "operations/backup/destination.h"
#include "operations/backup/keys.h"
#include "operations/backup/parcel.h"

/// Blobs that lie in files, each in a parcel of its own, named by its content.
namespace outpost::backup {

/// Puts the blob, unless it is there, or was removed because its form was refused.
void PutBlob(Destination& destination, const BackupKey& key, const DatabaseId& database,
             const std::filesystem::path& folder, const std::string& id);

/// Ids of the blobs of `folder` that the destination does not have.
std::vector<std::string> MissingBlobs(const Destination& destination,
                                      const std::filesystem::path& folder);

}  // namespace outpost::backup
