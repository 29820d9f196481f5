#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>

#include "base/data_folder.h"
#include "base/problem.h"
#include "base/text.h"
#include "cli/app_commands.h"
#include "cli/commands.h"
#include "cli/question.h"
#include "format/zip/zip.h"
#include "http/client.h"

namespace outpost::cli {
namespace {

using boost::json::object;

/// An archive of half a gigabyte is unpacked, checked and forced to the disk.
constexpr std::chrono::minutes kAnswerTime{30};

struct ImportArguments {
  std::string data = "data", project, file, app, comment, base_url;
  bool is_released = false, renumbers = false, accepts_errors = false, as_json = false;
};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Problem(ProblemKind::kNotFound, "There is no file " + path + ".");
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder is packed first.
std::string ReadArchive(const std::string& path) {
  namespace fs = std::filesystem;
  if (!fs::is_directory(path)) return ReadFile(path);
  std::map<std::string, std::string> files;  // name in the archive to path
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) {
      files[fs::relative(entry.path(), path).generic_string()] = entry.path().string();
    }
  }
  std::string archive;
  zip::Writer writer([&](std::string_view piece) { archive += piece; });
  for (const auto& [name, file] : files) {
    if (name != "README.md") writer.Add(name, ReadFile(file), false);
  }
  writer.Finish();
  return archive;
}

std::string Target(const char* command, const ImportArguments& given) {
  std::string target =
      std::string("/admin/") + command + "?project=" + PercentEncode(given.project);
  const auto put = [&](const char* name, const std::string& value) {
    if (!value.empty()) target += std::string("&") + name + "=" + PercentEncode(value);
  };
  put("app", given.app);
  put("comment", given.comment);
  put("base_url", given.base_url);
  put("release", given.is_released ? "true" : "");
  put("renumber", given.renumbers ? "true" : "");
  put("despite_errors", given.accepts_errors ? "true" : "");
  return target;
}

/// Only a running server knows under which address phones reach it.
object Send(const ImportArguments& given, const char* command, const std::string& body) {
  const DataPaths paths{given.data};
  http::ClientResponse response;
  try {
    response = http::Client("unix:" + paths.admin_socket().string(), kAnswerTime)
                   .Send(http::Method::kPost, Target(command, given), {}, body);
  } catch (const Problem&) {
    throw Problem(ProblemKind::kBusy, "No server runs on " + given.data +
                                          ". Start it (outpost serve --data " + given.data +
                                          ") and run this again.");
  }
  boost::system::error_code error;
  const auto answer = boost::json::parse(response.body, error);
  if (error || !answer.is_object()) {
    throw Problem(ProblemKind::kInternal,
                  "The server answered " + std::to_string(response.status) + "; its log says why.");
  }
  if (response.status != 200) {
    throw Problem(ProblemKind::kUnprocessable, TextOf(answer.get_object(), "error"));
  }
  return answer.get_object();
}

void PrintFinding(const object& finding) {
  const auto line = finding.at("line").as_int64();
  std::cout << "  " << TextOf(finding, "severity") << "  " << TextOf(finding, "file");
  if (line > 0) std::cout << ':' << line;
  if (const auto element = TextOf(finding, "element"); !element.empty()) {
    std::cout << " <" << element << '>';
  }
  std::cout << "  " << TextOf(finding, "text") << '\n';
}

void PrintStored(const object& report) {
  std::cout << fmt::format("{} (app {}), version {}{}\n", TextOf(report, "name"),
                           TextOf(report, "app_id"), report.at("version").as_int64(),
                           report.at("was_there").as_bool() ? " was here already" : " is here");
  std::cout << fmt::format("  build    {}{}\n", TextOf(report, "build_id"),
                           report.at("is_released").as_bool() ? ", released" : ", not released");
  std::cout << fmt::format("  content  {} files, {} forms, {} media, {} kB\n",
                           report.at("files").as_int64(), report.at("forms").as_int64(),
                           report.at("media").as_int64(), report.at("bytes").as_int64() / 1000);
  if (!report.at("was_there").as_bool()) {
    std::cout << fmt::format("  phones   fetch {} changed files\n",
                             report.at("changed").as_int64());
  }
  std::cout << fmt::format("  install  {}/i/{}\n", TextOf(report, "base_url"),
                           TextOf(report, "short_code"));
}

void Show(const ImportArguments& given, const object& report) {
  const bool is_stored = report.at("is_stored").as_bool();
  if (given.as_json) {
    std::cout << boost::json::serialize(report) << '\n';
  } else {
    if (is_stored) {
      PrintStored(report);
    } else {
      std::cout << "The app was not taken. Mend this and import it again:\n";
    }
    for (const auto& finding : report.at("findings").as_array()) {
      PrintFinding(finding.as_object());
    }
  }
  if (!is_stored) throw ExitCode{1};
}

CLI::App* Add(CLI::App* family, const std::shared_ptr<ImportArguments>& given, const char* name,
              const char* what, const char* example) {
  auto* command = family->add_subcommand(name, what);
  command->add_option("--data", given->data, "Data folder (default: data)");
  command->add_option("--project", given->project, "Project space")->required();
  command->add_option("--comment", given->comment, "What is new, for people");
  command->add_option("--base-url", given->base_url,
                      "In front of the app's addresses (default: the app's setting base_url, else "
                      "the server's public address)");
  command->add_flag("--release", given->is_released, "Release it at once");
  command->add_flag("--json", given->as_json, "Print JSON");
  command->footer(std::string("Example: ") + example);
  return command;
}

}  // namespace

void AddAppImport(CLI::App* family) {
  const auto given = std::make_shared<ImportArguments>();
  auto* import =
      Add(family, given, "import", "Bring in an app's archive (CCZ) as a new build",
          "outpost app import visits.ccz --release --project nutrition\n"
          "Exit code 1: the app breaks a rule; every place is printed with file and line.");
  import->add_option("file", given->file, "Archive (.ccz), or a folder with its files")->required();
  import->add_option("--app", given->app, "App id, for a profile without uniqueid");
  import->add_flag("--renumber", given->renumbers,
                   "Give it the next version where its own is taken");
  import->add_flag("--despite-errors", given->accepts_errors,
                   "Take an app that breaks rules, as one that runs in the field already");
  import->callback(
      [given] { Show(*given, Send(*given, "app.import", ReadArchive(given->file)));
});

const auto again = std::make_shared<ImportArguments>();
auto* republish =
    Add(family, again, "republish", "Build the newest version again, with the addresses of now",
        "outpost app republish 3f0c… --release --project nutrition");
republish->add_option("app", again->app, "App id")->required();
republish->callback([again] { Show(*again, Send(*again, "app.republish", {})); });
}  // namespace outpost::cli

}  // namespace outpost::cli
