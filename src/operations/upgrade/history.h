#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/instant.h"

/// DATA/upgrades.jsonl: every switch of the program, one JSON object a line, only added to.
namespace outpost::upgrade {

struct Switch {
  Instant at;  // when it began
  std::string from_version, to_version;
  std::int64_t seq = 0;             // marked position: newest one before the switch
  std::int64_t refused_micros = 0;  // from the last answer of the old to the first of the new
  std::string outcome;              // "done", "undone", "returned: why"
};

void AddSwitch(const std::filesystem::path& data_folder, const Switch& made);
/// Oldest first; lines that are damaged are left out.
std::vector<Switch> ReadSwitches(const std::filesystem::path& data_folder);

}  // namespace outpost::upgrade
