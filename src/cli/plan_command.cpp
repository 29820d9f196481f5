#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/problem.h"
#include "cli/commands.h"
#include "transition/plan/environment.h"
#include "transition/plan/generate.h"

namespace outpost::cli {
namespace {

struct PlanOptions {
  std::string file = "plan.toml";
  std::string into = "plan";
  std::string folder;
  std::string draft;
  plan::ConfigurationOptions configuration;
};

void Check(const PlanOptions& options) {
  const auto plan = plan::LoadPlan(options.file);
  std::cout << fmt::format("{}: {} environments, {} apps, {} integrations, {} people\n",
                           options.file, plan.environments.size(), plan.apps.size(),
                           plan.integrations.size(), plan.people.size());
  for (const auto& remark : plan.remarks) std::cout << "- " << remark << '\n';
  if (plan.remarks.empty()) std::cout << "Nothing is missing.\n";
}

void Generate(const PlanOptions& options) {
  const auto plan = plan::LoadPlan(options.file);
  const auto written = plan::GeneratePlan(plan, options.into, options.configuration);
  for (const auto& remark : plan.remarks) std::cout << "- " << remark << '\n';
  std::cout << fmt::format("Wrote {} files. Begin with {}/index.html\n", written.size(),
                           options.into);
}

void ReadEnvironment(const PlanOptions& options) {
  const auto environment = plan::ReadHqEnvironment(options.folder);
  std::cout << plan::ReportOf(environment);
  if (options.draft.empty()) return;
  std::ofstream out(options.draft);
  out << plan::PlanDraftOf(environment);
  out.close();
  if (!out) {
    throw Problem(ProblemKind::kInternal, fmt::format("Cannot write {}.", options.draft));
  }
  std::cout << fmt::format(
      "\nWrote {}: fill in the lines with a question mark, then\n"
      "  outpost plan check {}\n",
      options.draft, options.draft);
}

}  // namespace

void AddPlanCommand(CLI::App& app) {
  const auto options = std::make_shared<PlanOptions>();
  auto* plan = app.add_subcommand(
      "plan", "From a plan file: drawing, configuration, procedures, request for proposals");
  plan->require_subcommand(1);

  auto* example = plan->add_subcommand("example", "Print a complete plan to begin with");
  example->footer("Example: outpost plan example > plan.toml");
  example->callback([] { std::cout << plan::ExamplePlan(); });

  auto* check = plan->add_subcommand("check", "Read a plan and say what is wrong or thin");
  check->add_option("plan", options->file, "plan file")->capture_default_str();
  check->footer("Example: outpost plan check plan.toml");
  check->callback([options] { Check(*options); });

  auto* generate = plan->add_subcommand("generate", "Write documents and configuration files");
  generate->add_option("plan", options->file, "plan file")->capture_default_str();
  generate->add_option("--into", options->into, "folder to write into")->capture_default_str();
  auto& configuration = options->configuration;
  generate->add_option("--root", configuration.root,
                       "put before every path in the configuration, to try it in a scratch folder");
  generate->add_option("--http-port", configuration.http_port, "port of the proxy without TLS")
      ->capture_default_str();
  generate->add_option("--https-port", configuration.https_port, "port of the proxy with TLS")
      ->capture_default_str();
  generate->add_option("--outpost-port", configuration.outpost_port, "port behind the proxy")
      ->capture_default_str();
  generate->footer("Example: outpost plan generate plan.toml --into out");
  generate->callback([options] { Generate(*options); });

  auto* read = plan->add_subcommand(
      "read-environment", "Read a commcare-cloud environment folder; begin a plan with it");
  read->add_option("folder", options->folder, "folder with inventory.ini")->required();
  read->add_option("--draft", options->draft, "write a plan file that begins with it");
  read->footer(
      "Example: outpost plan read-environment ~/environments/production --draft plan.toml");
  read->callback([options] { ReadEnvironment(*options); });
}

}  // namespace outpost::cli
