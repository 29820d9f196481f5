#pragma once

#include <filesystem>
#include <string>

namespace outpost::backup {

/// A backup elsewhere outlives this machine, but only who has the key can open it. What people
/// should be told when the key is only here, as far as anybody said; empty when there is nothing to
/// tell: the place is not off-site, the half that opens is not on this machine, or `kept_at` says
/// where a copy is. Nobody can check that last one.
std::string KeyCareWarning(const std::string& where, const std::filesystem::path& key_file,
                           const std::string& kept_at);

}  // namespace outpost::backup
