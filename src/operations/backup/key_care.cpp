#include "operations/backup/key_care.h"

#include "base/problem.h"
#include "operations/backup/keys.h"
#include "operations/backup/place.h"

namespace outpost::backup {

std::string KeyCareWarning(const std::string& where, const std::filesystem::path& key_file,
                           const std::string& kept_at) {
  if (where.empty() || !kept_at.empty()) return {};
  try {
    const auto place = ParsePlace(where);
    if (!IsOffSite(place) || !LoadBackupKey(key_file).can_open()) return {};
    return "The backup at " + IdentityOf(place) + " can only be opened with " + key_file.string() +
           ", and nobody has said that a copy of it is kept elsewhere: when this machine is lost, "
           "the backup is lost with it.";
  } catch (const Problem&) {
    return {};  // what is wrong with the place or the key is said where it is used
  }
}

}  // namespace outpost::backup
