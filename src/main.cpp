#include <CLI/CLI.hpp>
#include <iostream>

#include "base/problem.h"
#include "cli/commands.h"
#include "cli/version.h"

namespace {

constexpr int kRefused = 2;

int Run(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kRefused;
  } catch (const outpost::cli::ExitCode& exit) {
    return exit.code;
  } catch (const outpost::Problem& problem) {
    std::cerr << "outpost: ";
    if (problem.position().line != 0) {
      std::cerr << "line " << problem.position().line << ", column " << problem.position().column
                << ": ";
    }
    std::cerr << problem.told() << '\n';
    if (!problem.detail().empty()) std::cerr << "  (" << problem.detail() << ")\n";
    return kRefused;
  }
}

}  // namespace

int main(int argc, char** argv) {
  outpost::cli::SetVersion(OUTPOST_VERSION);
  CLI::App app("Outpost: CommCare's server side as one program");
  app.name("outpost");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of every command");
  app.set_version_flag("--version", OUTPOST_VERSION);
  outpost::cli::AddServeCommand(app);
  outpost::cli::AddProjectCommand(app);
  outpost::cli::AddUserCommand(app);
  outpost::cli::AddFieldCommand(app);
  outpost::cli::AddProfileCommand(app);
  outpost::cli::AddGroupCommand(app);
  outpost::cli::AddLocationCommand(app);
  outpost::cli::AddLookupTableCommand(app);
  outpost::cli::AddProductCommand(app);
  outpost::cli::AddAppCommand(app);
  outpost::cli::AddDeviceLogsCommand(app);
  outpost::cli::AddDemoCommand(app);
  outpost::cli::AddExplainCommand(app);
  outpost::cli::AddFormCommand(app);
  outpost::cli::AddCaseCommand(app);
  outpost::cli::AddBackupCommand(app);
  outpost::cli::AddReplicaCommand(app);
  outpost::cli::AddRestoreCommand(app);
  outpost::cli::AddUpgradeCommand(app);
  outpost::cli::AddDoctorCommand(app);
  outpost::cli::AddLoadtestCommand(app);
  outpost::cli::AddSizeCommand(app);
  outpost::cli::AddPlanCommand(app);
  outpost::cli::AddTransitionCommand(app);
  return Run(app, argc, argv);
}
