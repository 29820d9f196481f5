#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// Finds out whether a folder takes durable writes, and how long one needs.
namespace outpost::health {

struct WriteProbe {
  std::string error;                 // empty: everything went well
  std::vector<std::int64_t> micros;  // of each write + fsync, in order
};

/// Makes a scratch file in `folder`, `rounds` times writes 4 kB and forces them to stable storage,
/// reads the file back, compares, deletes it. Nothing is left behind.
WriteProbe ProbeWrites(const std::filesystem::path& folder, int rounds);

}  // namespace outpost::health
