#include <array>

#include "base/problem.h"
#include "domain/intake/archive.h"
#include "operations/admin/detail/commands.h"

namespace outpost::operations::detail {

using boost::json::object;

namespace {

/// Who acts when the operator names nobody.
constexpr const char* kOperator = "system";

intake::Deed DeedOf(Tools& tools, const Arguments& arguments) {
  return {RequireProject(*tools.database.Read(), arguments.Text("project")).row,
          arguments.TextOr("user_id", kOperator)};
}

using Act = void (*)(sql::Batch&, const blobs::BlobStore&, const intake::Deed&, std::string_view);

object RunAct(Tools& tools, const Arguments& arguments, std::string_view id_key, Act act) {
  const auto deed = DeedOf(tools, arguments);
  const auto id = arguments.Text(id_key);
  tools.writer.Run(deed.project,
                   [&](sql::Batch& batch) { act(batch, tools.intake.blobs(), deed, id); });
  return {{id_key, id}};
}

object Archive(Tools& tools, const Arguments& arguments) {
  return RunAct(tools, arguments, "form_id", intake::ArchiveForm);
}

object Unarchive(Tools& tools, const Arguments& arguments) {
  return RunAct(tools, arguments, "form_id", intake::UnarchiveForm);
}

object RebuildCase(Tools& tools, const Arguments& arguments) {
  return RunAct(tools, arguments, "case_id", intake::RebuildCaseByRequest);
}

}  // namespace

std::span<const Command> FormCommands() {
  static const std::array<Command, 3> kCommands = {{
      {"form.archive", {"project", "form_id", "user_id"}, Archive},
      {"form.unarchive", {"project", "form_id", "user_id"}, Unarchive},
      {"case.rebuild", {"project", "case_id", "user_id"}, RebuildCase},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
