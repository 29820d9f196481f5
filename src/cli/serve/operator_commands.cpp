#include "cli/serve/operator_commands.h"

#include "operations/admin/admin.h"
#include "operations/doctor/database_facts.h"
#include "operations/loadtest/prepare.h"

namespace outpost::cli {
namespace {

/// A slice of a ledger whose case has very many forms.
constexpr std::int64_t kVerifyBytesMax = 16 << 20;

loadtest::LoadTestServer LoadTestOf(const OperatorCommands& commands) {
  return {commands.database, commands.writer, commands.directory, commands.key};
}

}  // namespace

void AddOperatorCommands(http::Router& router, OperatorCommands& commands) {
  using operations::AddCommandRoute;
  AddCommandRoute(router, "doctor.database", [&commands](std::string_view json) {
    const bool is_deep = json.find("\"deep\":true") != std::string_view::npos;
    return doctor::JsonOf(doctor::ExamineRunning(commands.database, commands.paths, is_deep));
  });
  AddCommandRoute(router, "demo.fill",
                  [&commands](std::string_view json) { return commands.demo.AnswerFill(json); });
  AddCommandRoute(router, "demo.status",
                  [&commands](std::string_view) { return commands.demo.AnswerStatus(); });
  AddCommandRoute(router, "loadtest.prepare", [&commands](std::string_view json) {
    return loadtest::AnswerPrepare(LoadTestOf(commands), json);
  });
  AddCommandRoute(
      router, "loadtest.verify",
      [&commands](std::string_view json) {
        return loadtest::AnswerVerify(LoadTestOf(commands), json);
      },
      kVerifyBytesMax);
  AddCommandRoute(router, "loadtest.count", [&commands](std::string_view json) {
    return loadtest::AnswerCount(LoadTestOf(commands), json);
  });
  for (const auto name : UpkeepCommandNames()) {
    AddCommandRoute(
        router, name,
        [&commands, name](std::string_view json) { return commands.upkeep.Run(name, json); },
        transition::kCommandBytesMax);
  }
  for (const auto name : BackupCommandNames()) {
    AddCommandRoute(router, name, [&commands, name](std::string_view json) {
      return commands.backup.Run(name, json);
    });
  }
}

}  // namespace outpost::cli
