#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

/// Memory of a server on the same machine.
namespace outpost::loadtest {

/// The process that listens on the admin socket of a data folder. None: no server runs there, or
/// its socket cannot be reached.
std::optional<int> ServerProcess(const std::filesystem::path& admin_socket);

/// Of /proc/PID/status.
struct ProcessMemory {
  std::int64_t resident_bytes = 0;
  std::int64_t own_bytes = 0;  // of those, not of files
};
std::optional<ProcessMemory> MemoryOf(int process);

}  // namespace outpost::loadtest
