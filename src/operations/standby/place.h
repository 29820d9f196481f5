#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "operations/backup/replay.h"

/// DATA/standby.json: how far DATA/standby.db is put together.
namespace outpost::standby {

struct KeptPlace {
  backup::ReplayPlace place;
  /// The file is exactly that far, so that it can go on without the destination. False while a
  /// standby works on it.
  bool is_exact = false;
};

void SavePlace(const std::filesystem::path& file, const KeptPlace& kept);
/// Empty when it is absent or no such file: a base is laid down then.
std::optional<KeptPlace> LoadPlace(const std::filesystem::path& file);

}  // namespace outpost::standby
