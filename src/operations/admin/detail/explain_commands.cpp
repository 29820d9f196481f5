#include <array>
#include <filesystem>
#include <memory>

#include "domain/sync/explain.h"
#include "domain/sync/restore.h"
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

/// Makes a whole first restore, which nobody gets, and tells what it consists of.
object ExplainRestore(Tools& tools, const Arguments& arguments) {
  sync::RestoreRequest request;
  {
    const auto lease = tools.database.Read();
    request.project = std::make_shared<const projects::Project>(
        RequireProject(*lease, arguments.Text("project")));
    request.user = RequireUser(*lease, arguments);
  }
  request.requested_by = request.user.user_id;
  request.is_trial = true;
  sync::Restorer restorer(tools.database, tools.writer, tools.clock,
                          std::filesystem::temp_directory_path());
  sync::RestoreProgress progress;
  const auto restored = restorer.Make(request, progress);
  array parts;
  for (const auto& part : sync::PartsOf(restored.document->ReadAll())) {
    parts.push_back(object{
        {"kind", part.kind}, {"name", part.name}, {"count", part.count}, {"bytes", part.bytes}});
  }
  return {{"cases", restored.cases},
          {"bytes", restored.bytes},
          {"find_micros", restored.find_micros},
          {"plan_micros", restored.plan_micros},
          {"render_micros", restored.render_micros},
          {"parts", std::move(parts)}};
}

}  // namespace

std::span<const Command> ExplainCommands() {
  static const std::array kCommands = {
      Command{"explain.case", {"project", "username", "case_id"}, ExplainCase},
      Command{"explain.restore", {"project", "username"}, ExplainRestore}};
  return kCommands;
}

}  // namespace outpost::operations::detail
