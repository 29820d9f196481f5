#include <array>

#include "domain/sync/explain.h"
#include "operations/admin/detail/commands.h"
#include "store/sql/snapshot.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;

namespace {

/// Newest syncs that are told of.
constexpr std::size_t kDevicesMax = 20;

object ExplainCase(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const sql::Snapshot snapshot(*lease);
  const auto project = RequireProject(*lease, arguments.Text("project"));
  const auto user = RequireUser(*lease, arguments);
  const auto explained =
      sync::ExplainCase(*lease, tools.database, project, user, arguments.Text("case_id"));
  array reasons, devices;
  for (const auto& reason : explained.reasons) reasons.emplace_back(reason);
  for (const auto& device : explained.devices) {
    if (devices.size() == kDevicesMax) break;
    devices.push_back(object{{"device_id", device.device_id},
                             {"synced_on", FormatT6(device.synced_on)},
                             {"holds", device.holds}});
  }
  return {{"exists", explained.is_there},
          {"belongs", explained.belongs},
          {"reasons", std::move(reasons)},
          {"devices", std::move(devices)}};
}

}  // namespace

std::span<const Command> ExplainCommands() {
  static const std::array kCommands = {
      Command{"explain.case", {"project", "username", "case_id"}, ExplainCase}};
  return kCommands;
}

}  // namespace outpost::operations::detail
