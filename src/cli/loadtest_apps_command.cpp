#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <csignal>
#include <iostream>

#include "base/data_folder.h"
#include "cli/commands.h"
#include "cli/loadtest_arguments.h"
#include "operations/loadtest/app_load.h"
#include "operations/loadtest/app_report.h"

namespace outpost::cli {
namespace {

bool IsTerminal() { return ::isatty(STDERR_FILENO) == 1; }

/// Watches the server's memory while phones install.
class MemoryWatch {
 public:
  explicit MemoryWatch(const std::string& data)
      : process_(loadtest::ServerProcess(DataPaths{data}.admin_socket())) {
    Look();
    seen_.before = seen_.peak;
  }

  void Look() {
    const auto now = process_ ? loadtest::MemoryOf(*process_) : std::nullopt;
    if (!now) return;
    seen_.peak.resident_bytes = std::max(seen_.peak.resident_bytes, now->resident_bytes);
    seen_.peak.own_bytes = std::max(seen_.peak.own_bytes, now->own_bytes);
  }
  const loadtest::MemoryPeak& seen() const { return seen_; }

 private:
  std::optional<int> process_;
  loadtest::MemoryPeak seen_;
};

void ShowProgress(const loadtest::AppLoadProgress& progress) {
  if (!IsTerminal()) return;
  std::cerr << fmt::format("\r{:.0f} s: {} files, {:.0f} MB, {} installed, {} errors ",
                           static_cast<double>(progress.elapsed_micros) / 1e6, progress.files,
                           static_cast<double>(progress.bytes) / 1e6, progress.installed,
                           progress.errors)
            << std::flush;
}

/// The server of an install address, and the rest of it.
std::pair<std::string, std::string> Parted(const std::string& url) {
  const auto host = url.find("://");
  const auto path = url.find('/', host == std::string::npos ? 0 : host + 3);
  if (path == std::string::npos) return {url, "/"};
  return {url.substr(0, path), url.substr(path)};
}

void Apps(const LoadTestArguments& given) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto [origin, target] = Parted(given.app_url);
  const auto place = PlaceOf(origin);
  loadtest::AppLoadOptions options;
  options.address = place.address;
  options.port = place.port;
  options.host = place.host;
  options.clients = given.clients;
  options.bytes_per_second = given.phone_bytes_per_second;
  if (!given.within.empty()) options.within_micros = MicrosOf(given.within);
  options.files = loadtest::PlanInstall(origin, target);
  HoldInterrupts();
  MemoryWatch memory(given.data);
  auto result = loadtest::RunAppLoad(options, [&](const loadtest::AppLoadProgress& progress) {
    memory.Look();
    ShowProgress(progress);
    return !IsInterrupted();
  });
  memory.Look();
  if (IsTerminal()) std::cerr << '\n';
  std::cout << (given.as_json ? loadtest::JsonOf(options, result, memory.seen())
                              : loadtest::TextOf(options, result, memory.seen()));
  if (!loadtest::Passed(options, result)) throw ExitCode{1};
}

}  // namespace

void AddLoadtestApps(CLI::App* family, const LoadTestArgumentsPtr& given) {
  auto* apps = family->add_subcommand("apps", "Phones that all install one app at once");
  apps->add_option("url", given->app_url, "Install address of the app, as its QR code has it")
      ->required();
  apps->add_option("--clients", given->clients, "Phones, each with a connection of its own")
      ->capture_default_str()
      ->check(CLI::Range(1, kConnectionsMax));
  apps->add_option("--within", given->within,
                   "They begin spread over 90s, 5m (default: all in one instant)");
  apps->add_option("--phone-bytes-per-second", given->phone_bytes_per_second,
                   "No phone reads faster than this")
      ->check(CLI::Range(0, 1'000'000'000));
  apps->add_option("--data", given->data, "Data folder of a server here, to watch its memory")
      ->envname("OUTPOST_DATA_FOLDER")
      ->capture_default_str();
  apps->add_flag("--json", given->as_json, "Print the result as JSON");
  apps->footer(
      "Example: outpost loadtest apps --clients 500 "
      "http://127.0.0.1:8000/a/demo/apps/download/ID/media_profile.ccpr\n"
      "Exit code 1: a phone did not get every file.");
  apps->callback([given] { Apps(*given); });
}

}  // namespace outpost::cli
