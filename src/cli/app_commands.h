#pragma once

namespace CLI {
class App;
}

/// The parts of `outpost app`, a file each.
namespace outpost::cli {

void AddAppImport(CLI::App* family);      // app_import.cpp
void AddAppInspect(CLI::App* family);     // app_inspect.cpp
void AddAppManagement(CLI::App* family);  // app_management.cpp

}  // namespace outpost::cli
