#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "operations/backup/destination.h"

namespace CLI {
class App;
}

/// What the commands about backups have in common.
namespace outpost::cli {

struct BackupArguments {
  std::string data = "data";
  std::string place;  // of the backup
  std::string key;
  std::int64_t bytes_per_second = -1;  // below 0: as the settings say
  bool as_json = false;
  std::string scratch;            // of a drill
  bool has_low_priority = false;  // so that a drill leaves the machine to the server
};

void AddDataOption(CLI::App& command, BackupArguments& arguments);

/// What is said, else what the environment's settings say, else DATA/backup.key.
std::filesystem::path KeyFileOf(const BackupArguments& arguments);
/// @throws Problem kBadRequest when nobody says
std::string PlaceOf(const BackupArguments& arguments);

/// That place, to be read at the pace that is said. @throws Problem
std::unique_ptr<backup::Destination> OpenPlace(const BackupArguments& arguments);

/// One line that is written over on a terminal; nothing elsewhere.
void ShowProgress(std::string_view what, std::int64_t done, std::int64_t all);
/// "12.3 GB", "640 MB", "17 kB".
std::string SizeText(std::int64_t bytes);

}  // namespace outpost::cli
