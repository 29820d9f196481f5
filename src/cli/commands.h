#pragma once

namespace CLI {
class App;
}

/// One function per command family. Each adds its sub-commands to the application; what they do is
/// done in their callbacks. A command reports failure by throwing outpost::Problem, or ExitCode
/// when it has said everything already.
namespace outpost::cli {

/// 0: done; 1: a check failed; 2: the call or its input was refused.
struct ExitCode {
  int code = 0;
};

void AddServeCommand(CLI::App& app);        // serve_command.cpp
void AddSizeCommand(CLI::App& app);         // size_command.cpp
void AddPlanCommand(CLI::App& app);         // plan_command.cpp
void AddTransitionCommand(CLI::App& app);   // transition_command.cpp
void AddProjectCommand(CLI::App& app);      // project_command.cpp
void AddUserCommand(CLI::App& app);         // user_command.cpp
void AddExplainCommand(CLI::App& app);      // explain_command.cpp
void AddAppCommand(CLI::App& app);          // app_command.cpp
void AddFormCommand(CLI::App& app);         // form_command.cpp
void AddCaseCommand(CLI::App& app);         // case_command.cpp
void AddBackupCommand(CLI::App& app);       // backup_command.cpp
void AddReplicaCommand(CLI::App& app);      // replica_command.cpp
void AddRestoreCommand(CLI::App& app);      // restore_command.cpp
void AddUpgradeCommand(CLI::App& app);      // upgrade_command.cpp
void AddDoctorCommand(CLI::App& app);       // doctor_command.cpp
void AddLoadtestCommand(CLI::App& app);     // loadtest_command.cpp
void AddDemoCommand(CLI::App& app);         // demo_command.cpp
void AddDeviceLogsCommand(CLI::App& app);   // device_logs_command.cpp
void AddGroupCommand(CLI::App& app);        // group_command.cpp
void AddLocationCommand(CLI::App& app);     // location_command.cpp
void AddProfileCommand(CLI::App& app);      // user_data_command.cpp
void AddFieldCommand(CLI::App& app);        // user_data_command.cpp
void AddLookupTableCommand(CLI::App& app);  // lookup_table_command.cpp
void AddProductCommand(CLI::App& app);      // product_command.cpp
/// The part of `outpost user` in user_data_command.cpp.
void AddUserDataCommands(CLI::App* family);

}  // namespace outpost::cli
