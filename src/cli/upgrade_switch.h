#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "operations/upgrade/history.h"
#include "operations/upgrade/release.h"

/// The switch of a running server to the program that was put in its place.
namespace outpost::cli {

/// What a server says of itself (server.about).
struct RunningServer {
  std::string version, program;
  std::int64_t started = 0, process = 0, seq = 0, newest_step = 0;
  std::optional<std::int64_t> oldest_step_allowed;
  std::vector<std::string> addresses;
};

/// Empty when no server runs, or an older one that cannot say.
std::optional<RunningServer> AskServer(const std::filesystem::path& data);

struct SwitchPlan {
  std::filesystem::path data, program;
  std::string restart_command;  // empty: the server's own process goes on
  std::string from_version, to_version;
  std::int64_t seq = 0;      // marked
  std::int64_t started = 0;  // of the server before; 0: not known
  std::int64_t process = 0;  // the same
};

struct SwitchDone {
  std::int64_t refused_micros = 0;
  std::string failure;  // empty: the new one serves
};

/// Tells the server to go on as the program that lies in its place now, and waits until that one
/// serves: release, position, health.
SwitchDone SwitchServer(const SwitchPlan& plan, const std::function<void(std::string)>& tell);

}  // namespace outpost::cli
