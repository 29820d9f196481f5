#include "operations/backup/blob_parcels.h"

#include <algorithm>
#include <system_error>
#include <unordered_set>

#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/files.h"
#include "operations/backup/layout.h"

namespace outpost::backup {
namespace {

namespace fs = std::filesystem;

bool IsBlobName(const std::string& name) { return !BlobIdOf("file/" + name).empty(); }

}  // namespace

void PutBlob(Destination& destination, const BackupKey& key, const DatabaseId& database,
             const fs::path& folder, const std::string& id) {
  const auto name = FileName(id);
  if (destination.Has(name)) return;
  std::string bytes;
  try {
    bytes = ReadWhole(folder / id.substr(2, 2) / id.substr(4, 2) / id);
  } catch (const Problem& problem) {
    if (problem.kind() == ProblemKind::kNotFound) return;
    throw;
  }
  ParcelHead head;
  head.kind = ParcelKind::kFile;
  head.database = database;
  const auto hash = BytesOfHex(std::string_view(id).substr(2));
  OUTPOST_CHECK(hash && hash->size() == head.previous.size());
  std::copy(hash->begin(), hash->end(), head.previous.begin());
  destination.Put(name, SealParcel(key, head, bytes).bytes);
}

std::vector<std::string> MissingBlobs(const Destination& destination, const fs::path& folder) {
  std::unordered_set<std::string> there;
  for (const auto& object : destination.List("file")) there.emplace(BlobIdOf(object.name));
  std::vector<std::string> missing;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    auto name = entry.path().filename().string();
    if (IsBlobName(name) && !there.contains(name)) missing.push_back(std::move(name));
  }
  return missing;
}

}  // namespace outpost::backup
