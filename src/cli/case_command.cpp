#include "cli/commands.h"
#include "cli/record_command.h"

namespace outpost::cli {

void AddCaseCommand(CLI::App& app) {
  const auto given = std::make_shared<RecordArguments>();
  auto* family = app.add_subcommand("case", "Look after cases");
  family->require_subcommand(1);
  AddPerId(family, given, "rebuild", "Compute cases anew from their forms",
           "outpost case rebuild ID --project nutrition", "case.rebuild", "case_id");
  AddPerId(family, given, "delete", "Hide cases; they are removed for good after the retention",
           "outpost case delete ID --project nutrition", "case.delete", "case_id");
  AddPerId(family, given, "delete-with-forms", "Hide cases and the forms that touch no other case",
           "outpost case delete-with-forms ID --project nutrition", "case.delete", "case_id",
           {{"with_forms", true}});
  AddPerId(family, given, "undelete", "Bring deleted cases and the forms deleted with them back",
           "outpost case undelete ID --project nutrition", "case.undelete", "case_id");
}

}  // namespace outpost::cli
