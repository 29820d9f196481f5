#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <cstdint>
#include <iostream>
#include <memory>

#include "cli/admin_client.h"
#include "cli/commands.h"
#include "domain/device_logs/trimmer.h"

namespace outpost::cli {
namespace {

using boost::json::object;
using boost::json::value;

struct DeviceLogArguments {
  std::string data = "data";
  bool as_json = false;
  std::string project, user;
  std::int64_t reports_max = 100;
  std::int64_t keep_days = device_logs::kKeepDaysDefault;
};
using Given = std::shared_ptr<DeviceLogArguments>;

std::string Text(const value& of) { return of.is_string() ? std::string(of.as_string()) : ""; }

value Call(const DeviceLogArguments& given, std::string_view command, const object& arguments) {
  return boost::json::parse(CallServer(given.data, command, boost::json::serialize(arguments)));
}

void PrintEntries(const object& report, const char* kind) {
  for (const auto& entry : report.at(kind).as_array()) {
    std::cout << "  " << Text(entry.at("date")) << "  " << Text(entry.at("type")) << "  "
              << Text(entry.at("msg")) << '\n';
  }
}

void PrintReport(const object& report) {
  std::cout << Text(report.at("received_on")) << "  device " << Text(report.at("device_id"));
  for (const auto& user : report.at("user_entries").as_array()) {
    std::cout << ", " << Text(user.at("username"));
  }
  std::cout << "  (" << Text(report.at("report_id")) << ")\n";
  PrintEntries(report, "log_entries");
  PrintEntries(report, "user_errors");
  PrintEntries(report, "force_closes");
}

/// Page by page, newest first, until there are enough.
void List(const DeviceLogArguments& given) {
  object arguments{{"project", given.project}};
  if (!given.user.empty()) arguments["user"] = given.user;
  boost::json::array all;
  std::int64_t shown = 0;
  while (shown < given.reports_max) {
    const auto page = Call(given, "device_logs.list", arguments);
    for (const auto& report : page.at("reports").as_array()) {
      if (shown++ == given.reports_max) break;
      if (given.as_json) {
        all.push_back(report);
      } else {
        PrintReport(report.as_object());
      }
    }
    if (page.at("next").is_null()) break;
    arguments["before"] = page.at("next");
  }
  if (given.as_json) {
    std::cout << boost::json::serialize(object{{"reports", std::move(all)}}) << '\n';
  } else if (shown == 0) {
    std::cout << "There are no reports. Ask a phone for them: outpost user request-logs NAME\n";
  }
}

void Trim(const DeviceLogArguments& given) {
  const auto answer = Call(given, "device_logs.trim", {{"keep_days", given.keep_days}});
  if (given.as_json) {
    std::cout << boost::json::serialize(answer) << '\n';
  } else {
    std::cout << answer.at("deleted").as_int64() << " reports deleted\n";
  }
}

CLI::App* Add(CLI::App* family, const Given& given, const char* name, const char* what,
              const char* example) {
  auto* command = family->add_subcommand(name, what);
  command->add_option("--data", given->data, "Data folder of the server")->capture_default_str();
  command->add_flag("--json", given->as_json, "Print the answer as JSON");
  command->footer(std::string("Example: ") + example);
  return command;
}

}  // namespace

void AddDeviceLogsCommand(CLI::App& app) {
  const auto given = std::make_shared<DeviceLogArguments>();
  auto* family = app.add_subcommand("device-logs", "What phones report about themselves");
  family->require_subcommand(1);
  auto* list = Add(family, given, "list", "List the newest reports of a project space",
                   "outpost device-logs list --project nutrition --user asha");
  list->add_option("--project", given->project, "Project space")->required();
  list->add_option("--user", given->user, "Only reports that concern this user");
  list->add_option("--reports", given->reports_max, "So many at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  list->callback([given] { List(*given); });
  auto* trim = Add(family, given, "trim", "Delete old reports now, not within the hour",
                   "outpost device-logs trim --keep-days 14");
  trim->add_option("--keep-days", given->keep_days, "Keep what is younger")->capture_default_str();
  trim->callback([given] { Trim(*given); });
}

}  // namespace outpost::cli
