#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Work that belongs into a process of its own: because it reads the database file by other means
/// than SQLite, or because it should not disturb the server.
namespace outpost::backup {

/// Runs this program again with these arguments (the first is its name) and hands on each line that
/// it prints; asked once a second otherwise with an empty line. When `line` says false the child is
/// killed. Returns when it has ended. @throws Problem when it cannot be started
void RunOwnProgram(std::vector<std::string> arguments,
                   const std::function<bool(std::string_view line)>& line);

/// For the child: forms go first, on the processor and, where the kernel knows such classes, on the
/// disk.
void StandBack();

/// The same for the thread that calls it.
void LowerThreadPriority();

}  // namespace outpost::backup
