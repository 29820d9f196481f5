#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "domain/device_logs/report_store.h"

/// A stored report as operators and tests see it.
namespace outpost::device_logs {

/// Old phones tell only the name of who signed in; this finds the id. Empty for a name nobody has.
using UserIdOf = std::function<std::optional<std::string>(std::string_view username)>;
void CompleteSignIns(Report& report, const UserIdOf& user_id_of);

/// Whether somebody sent the report, is one of its users or signed in in it. Compares with the id
/// and with the bare name.
bool Concerns(const StoredReport& stored, std::string_view user_id, std::string_view bare_name);

/// {"report_id", "received_on", "user_id", "device_id", "app_version", "entries_skipped",
///  "user_entries": […], "log_entries": […], "user_errors": […], "force_closes": […]}
std::string RenderReport(const StoredReport& stored);

}  // namespace outpost::device_logs
