#include <CLI/App.hpp>

#include "cli/app_commands.h"
#include "cli/commands.h"

namespace outpost::cli {

void AddAppCommand(CLI::App& app) {
  auto* family = app.add_subcommand("app", "Apps: bring in, release, look into");
  family->require_subcommand(1);
  AddAppImport(family);
  AddAppInspect(family);
  AddAppManagement(family);
}

}  // namespace outpost::cli
