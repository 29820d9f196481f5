#include <array>

#include "base/problem.h"
#include "domain/device_logs/report_view.h"
#include "domain/device_logs/trimmer.h"
#include "domain/people/accounts.h"
#include "operations/admin/detail/commands.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;

namespace {

/// Whose reports are wanted: a name that no account has any more is looked for as it stands.
struct Wanted {
  bool is_everybody = true;
  std::string user_id, bare_name;
};

Wanted WantedOf(sql::Connection& connection, const Arguments& arguments) {
  if (!arguments.Has("user")) return {};
  const auto sent = arguments.Text("user");
  const auto full = people::FullUsername(sent, arguments.Text("project"));
  const auto account = people::FindByUsername(connection, full);
  if (!account) return {false, sent, sent};
  return {false, account->user_id, std::string(people::BareUsername(*account))};
}

object ListReports(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  const auto wanted = WantedOf(*lease, arguments);
  const auto user_id_of = [&](std::string_view username) -> std::optional<std::string> {
    const auto account =
        people::FindByUsername(*lease, people::FullUsername(username, project.name));
    return account ? std::optional(account->user_id) : std::nullopt;
  };
  auto reports =
      device_logs::ListReports(*lease, tools.intake.blobs(), project.row,
                               arguments.IntOr("before", 0), device_logs::kReportsPerPageMax);
  array list;
  for (auto& stored : reports) {
    device_logs::CompleteSignIns(stored.report, user_id_of);
    if (!wanted.is_everybody && !Concerns(stored, wanted.user_id, wanted.bare_name)) continue;
    list.push_back(boost::json::parse(device_logs::RenderReport(stored)));
  }
  object page{{"reports", std::move(list)}, {"next", nullptr}};
  if (!reports.empty()) page["next"] = reports.back().row;
  return page;
}

object Trim(Tools& tools, const Arguments& arguments) {
  const auto keep_days = arguments.IntOr("keep_days", device_logs::kKeepDaysDefault);
  if (keep_days < 1 || keep_days > device_logs::kKeepDaysMax) {
    throw Problem(ProblemKind::kBadRequest, "\"keep_days\" goes from 1 to 3,650.");
  }
  return {{"deleted", device_logs::TrimAll(tools.database, tools.writer, tools.intake.blobs(),
                                           tools.clock.Now(), keep_days)}};
}

}  // namespace

std::span<const Command> DeviceLogCommands() {
  static const std::array<Command, 2> kCommands = {{
      {"device_logs.list", {"project", "user", "before"}, ListReports},
      {"device_logs.trim", {"keep_days"}, Trim},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
