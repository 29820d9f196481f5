#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include "base/data_folder.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/problem.h"
#include "base/settings.h"
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "cli/serve/keys.h"
#include "operations/backup/shipper.h"
#include "operations/demo/demo.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;

struct DemoArguments {
  std::string data = "data";
  demo::DemoOptions options;
  bool as_json = false;
};

constexpr std::chrono::milliseconds kPollPause{200};

/// One line that is written over on a terminal; nothing elsewhere.
void ShowProgress(std::int64_t done, std::int64_t all) {
  if (::isatty(STDERR_FILENO) != 1 || all == 0) return;
  std::cerr << fmt::format("\r{} of {} forms", done, all) << (done == all ? "\n" : "")
            << std::flush;
}

json::object OptionsOf(const demo::DemoOptions& options) {
  json::object object{{"seed", static_cast<std::int64_t>(options.seed)}, {"forms", options.forms}};
  if (!options.password.empty()) object["password"] = options.password;
  return object;
}

/// Asks the running server to do it, and watches.
json::object FillInServer(const DemoArguments& arguments) {
  auto status = json::parse(
      CallServer(arguments.data, "demo.fill", json::serialize(OptionsOf(arguments.options))));
  while (status.at("state") == "running") {
    ShowProgress(status.at("done").as_int64(), status.at("all").as_int64());
    std::this_thread::sleep_for(kPollPause);
    status = json::parse(CallServer(arguments.data, "demo.status", "{}"));
  }
  ShowProgress(status.at("done").as_int64(), status.at("all").as_int64());
  if (status.at("state") != "done") {
    const auto* error = status.get_object().if_contains("error");
    throw Problem(ProblemKind::kInternal,
                  "The demo could not be filled: " + (error == nullptr
                                                          ? std::string("the server was restarted")
                                                          : std::string(error->as_string())));
  }
  return status.at("result").as_object();
}

/// Does it in this process, which owns the data folder meanwhile.
json::object FillHere(const DataFolder& folder, const demo::DemoOptions& options) {
  SetLogLevel(LogLevel::kWarning);
  Settings::Sources sources;
  sources.environment = ProcessEnvironment();
  auto location = Settings::Load(kServeKeys, sources).Text("database.location");
  if (location.empty()) location = folder.paths().database().string();
  backup::NoteOtherWriter(folder.paths());
  const SystemClock clock;
  MetricRegistry metrics;
  const auto database = sql::Database::Open({location});
  sql::Writer writer(*database, clock, metrics);
  const blobs::BlobStore blobs(folder.paths().blobs());
  projects::Directory directory(*database);
  intake::Intake intake(*database, writer, blobs, clock);
  const auto result = demo::FillDemo(intake, *database, writer, directory, options,
                                     [](std::int64_t done, std::int64_t all) {
                                       ShowProgress(done, all);
                                       return true;
                                     });
  writer.Stop();
  return json::parse(demo::JsonOf(result)).as_object();
}

/// The data folder when no server owns it.
std::unique_ptr<DataFolder> TryToOwn(const std::string& data) {
  try {
    return std::make_unique<DataFolder>(data);
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kConflict) throw;
    return nullptr;
  }
}

void Print(const json::object& result) {
  const auto text = [&](const char* key) { return std::string(result.at(key).as_string()); };
  const auto number = [&](const char* key) { return result.at(key).as_int64(); };
  if (number("forms_added") == 0) {
    std::cout << "The project space \"demo\" is filled already; nothing was added.\n";
  } else {
    std::cout << fmt::format(
        "Added {} forms to the project space \"demo\": {} households, {} pregnancies, {} "
        "children.\n",
        number("forms_added"), number("households"), number("pregnancies"), number("children"));
  }
  const auto password = text("password");
  std::cout << fmt::format(
      "\nSign in\n  on a phone    {}\n  in a browser  {}\n  password      {}\n", text("worker"),
      text("administrator"),
      password.empty() ? "as before; outpost demo --password TEXT sets another" : password);
}

void Fill(const DemoArguments& arguments) {
  const auto folder = TryToOwn(arguments.data);
  const auto result =
      folder == nullptr ? FillInServer(arguments) : FillHere(*folder, arguments.options);
  if (arguments.as_json) {
    std::cout << json::serialize(result) << '\n';
  } else {
    Print(result);
  }
}

}  // namespace

void AddDemoCommand(CLI::App& app) {
  const auto arguments = std::make_shared<DemoArguments>();
  auto* command = app.add_subcommand(
      "demo", "Fill the project space \"demo\" with a year of forms of made-up people");
  command->add_option("--data", arguments->data, "Data folder of the server")
      ->envname("OUTPOST_DATA_FOLDER")
      ->capture_default_str();
  command->add_option("--forms", arguments->options.forms, "How many forms")->capture_default_str();
  command->add_option("--seed", arguments->options.seed, "Another number, another programme")
      ->capture_default_str();
  command->add_option("--password", arguments->options.password,
                      "Password of the demo accounts (default: made up at the first run)");
  command->add_flag("--json", arguments->as_json, "Print the result as JSON");
  command->footer("Example: outpost demo --data /var/lib/outpost");
  command->callback([arguments] { Fill(*arguments); });
}

}  // namespace outpost::cli
