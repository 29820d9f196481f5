#include "cli/backup_arguments.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>
#include <iterator>

#include "base/data_folder.h"
#include "base/problem.h"
#include "base/settings.h"
#include "cli/serve/keys.h"

namespace outpost::cli {
namespace {

Settings Environment() {
  Settings::Sources sources;
  sources.environment = ProcessEnvironment();
  return Settings::Load(kServeKeys, sources);
}
std::string Setting(std::string_view key) { return Environment().Text(key); }

}  // namespace

void AddDataOption(CLI::App& command, BackupArguments& arguments) {
  command.add_option("--data", arguments.data, "Data folder of the server")
      ->envname("OUTPOST_DATA_FOLDER")
      ->capture_default_str();
}

std::filesystem::path KeyFileOf(const BackupArguments& arguments) {
  if (!arguments.key.empty()) return arguments.key;
  const auto set = Setting("backup.key");
  return set.empty() ? std::filesystem::path(arguments.data) / "backup.key"
                     : std::filesystem::path(set);
}

std::string PlaceOf(const BackupArguments& arguments) {
  const auto place = arguments.place.empty() ? Setting("backup.to") : arguments.place;
  if (place.empty()) {
    throw Problem(ProblemKind::kBadRequest, "Say where the backup lies with --from.");
  }
  return place;
}

std::unique_ptr<backup::Destination> OpenPlace(const BackupArguments& arguments) {
  const auto rate = arguments.bytes_per_second >= 0 ? arguments.bytes_per_second
                                                    : Environment().Int("backup.bytes_per_second");
  return backup::OpenDestination(PlaceOf(arguments), backup::Opening::kRead,
                                 std::make_shared<Pacer>(rate));
}

void ShowProgress(std::string_view what, std::int64_t done, std::int64_t all) {
  if (::isatty(STDERR_FILENO) != 1 || all <= 0) return;
  std::cerr << fmt::format("\r{}: {} %  ", what, 100 * done / all) << (done >= all ? "\n" : "")
            << std::flush;
}

std::string SizeText(std::int64_t bytes) {
  constexpr double kStep = 1000;
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= kStep && unit + 1 < std::size(kUnits)) {
    size /= kStep;
    ++unit;
  }
  return unit < 3 ? fmt::format("{:.0f} {}", size, kUnits[unit])
                  : fmt::format("{:.1f} {}", size, kUnits[unit]);
}

}  // namespace outpost::cli
