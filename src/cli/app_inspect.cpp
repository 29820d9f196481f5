#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/problem.h"
#include "cli/app_commands.h"
#include "cli/app_files.h"
#include "cli/commands.h"
#include "insight/app_report/navigation.h"
#include "insight/app_report/report.h"

namespace outpost::cli {
namespace {

struct Arguments {
  std::string path;
  std::string svg;
  bool as_json = false;
};

void WriteSvg(const std::string& file, const suite::App& app) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << app_report::RenderSvg(app_report::MakeNavigation(app));
  out.flush();
  if (!out) throw Problem(ProblemKind::kBadRequest, "The file " + file + " cannot be written.");
}

void Inspect(const Arguments& given) {
  const auto app = AppFiles(given.path).Read();
  const auto findings = suite::CheckApp(app);
  if (!given.svg.empty()) WriteSvg(given.svg, app);
  if (given.as_json) {
    std::cout << app_report::RenderJson(app, findings) << '\n';
  } else {
    std::cout << app_report::RenderText(app, findings);
  }
  if (suite::HasErrors(findings)) throw ExitCode{1};
}

}  // namespace

void AddAppInspect(CLI::App* family) {
  const auto given = std::make_shared<Arguments>();
  auto* inspect = family->add_subcommand(
      "inspect", "What is in an app: menus, what entries need, lists, languages, faults");
  inspect->footer(
      "outpost app inspect clinic.ccz --svg clinic.svg\n"
      "Ends with 1 when the app has errors, so that it must not be published.");
  inspect->add_option("path", given->path, "Archive (.ccz), or folder with a profile")->required();
  inspect->add_flag("--json", given->as_json, "One JSON object instead of text");
  inspect->add_option("--svg", given->svg, "Also draw the ways through the app into this file");
  inspect->callback([given] { Inspect(*given); });
}

}  // namespace outpost::cli
