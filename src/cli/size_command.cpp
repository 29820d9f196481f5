#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/clock.h"
#include "base/problem.h"
#include "cli/commands.h"
#include "cli/size_from_server.h"
#include "cli/size_output.h"
#include "format/sheets/json.h"
#include "format/sheets/page.h"
#include "format/sheets/text.h"
#include "transition/sizing/quick.h"
#include "transition/sizing/read_config.h"
#include "transition/sizing/render.h"
#include "transition/sizing/templates.h"

namespace outpost::cli {
namespace {

namespace fs = std::filesystem;

struct SizeOptions {
  std::string config;
  std::string output;
  std::string format;
  std::string usage_field;
  std::string set;
  sizing::SizingOptions evaluation;
  bool from_server = false;
  bool check = false;
  FromServerOptions server;
};

void PrintUsage(const sizing::SizingResult& result, const std::string& field) {
  for (const auto& set : result.sets) {
    const auto* series = set.usage.Find(field);
    if (series == nullptr) {
      throw Problem(ProblemKind::kNotFound,
                    fmt::format("{}: there is no usage field '{}'.", result.config.file, field));
    }
    sheets::Table table{"", {"Month", field}, {}};
    for (std::size_t i = 0; i < series->size(); ++i) {
      table.rows.push_back(
          {sizing::FormatMonth(set.usage.months[i]),
           std::isnan((*series)[i]) ? sheets::Cell{} : sheets::Cell{(*series)[i]}});
    }
    std::cout << sheets::TextOf(table);
  }
}

std::string Named(std::string output, const std::string& name) {
  const auto at = output.find("{name}");
  return at == std::string::npos ? output : output.replace(at, 6, name);
}

void EmitSets(const sizing::SizingResult& result, const SizeOptions& options) {
  const auto format = FormatFor(options.format, options.output);
  const bool per_set = !options.output.empty() && (format == "xlsx" || format == "csv");
  if (!per_set) {
    Emit(format, options.output,
         {{}, sizing::TextOf(result), sizing::JsonOf(result), sizing::HtmlOf(result)});
    return;
  }
  if (result.sets.size() > 1 && options.output.find("{name}") == std::string::npos) {
    std::cerr << "Add '{name}' placeholder to the output filename create unique files per set.\n";
    throw ExitCode{1};
  }
  for (const auto& set : result.sets) {
    std::cout << fmt::format("Generating data for set '{}'\n", set.set.name);
    Emit(format, Named(options.output, set.set.name),
         {sizing::WorkbookOf(result, set, true), "", "", ""});
  }
  if (result.sets_comparison) {
    Emit(format, Named(options.output, "comparison"),
         {sizing::ComparisonWorkbookOf(result), "", "", ""});
  }
}

void RunFromServer(const SizeOptions& options) {
  if (!options.config.empty()) {
    throw Problem(ProblemKind::kBadRequest,
                  "--from-server makes the configuration itself; name no file beside it.");
  }
  auto server = options.server;
  server.output = options.output;
  server.format = options.format;
  SizeFromServer(server, options.evaluation);
}

void RunSize(const SizeOptions& options) {
  if (options.from_server) return RunFromServer(options);
  if (options.config.empty()) {
    std::cerr << "Name a configuration file, or ask: outpost size quick --users N\n";
    throw ExitCode{2};
  }
  auto config = sizing::ReadConfig(ReadWholeFile(options.config),
                                   fs::path(options.config).filename().string());
  if (!options.set.empty()) {
    std::erase_if(config.sets, [&](const auto& set) { return set.name != options.set; });
    if (config.sets.empty()) {
      throw Problem(ProblemKind::kNotFound,
                    fmt::format("{}: there is no set '{}'.", config.file, options.set));
    }
  }
  const auto result = sizing::EvaluateAll(std::move(config), options.evaluation);
  for (const auto& warning : result.warnings) std::cerr << warning << '\n';
  if (options.check) {
    const auto& service = options.evaluation.only_service;
    CheckHost(result, service.empty() ? "outpost" : service, options.server.data);
  } else if (!options.usage_field.empty()) {
    PrintUsage(result, options.usage_field);
  } else {
    EmitSets(result, options);
  }
}

struct QuickOptions {
  sizing::QuickQuestions questions;
  std::string start;
  std::string output;
  std::string format;
  std::string keep;
};

std::string QuickText(const sheets::Workbook& book) {
  std::string out;
  for (const auto& table : book.sheets[0].tables) out += sheets::TextOf(table) + "\n";
  return out;
}

std::string QuickPage(const sizing::QuickAnswer& answer, const sheets::Workbook& book) {
  sheets::Plot plot{"Storage at the end of each year", "GB", {}, {}};
  for (std::size_t i = 0; i < answer.users.size(); ++i) {
    plot.labels.push_back(fmt::format("year {}", i + 1));
  }
  plot.lines = {{"Outpost", answer.outpost.storage_gb},
                {"CommCare HQ", answer.commcare_hq.storage_gb}};
  return sheets::HtmlPage("Quick sizing", "<h1>Quick sizing</h1>" + sheets::SvgOf(plot) +
                                              sheets::SideBySide(book.sheets[0].tables));
}

void RunQuick(QuickOptions options) {
  const auto today = FormatDate(SystemClock().Now()).substr(0, 7);
  const auto start = sizing::ParseYearMonth(options.start.empty() ? today : options.start);
  if (!start) {
    throw Problem(
        ProblemKind::kBadRequest,
        fmt::format("--start must be a month such as 2026-04; it is '{}'.", options.start));
  }
  options.questions.start = *start;
  const auto answer = sizing::Quick(options.questions);
  const auto book = sizing::WorkbookOf(answer);
  Emit(FormatFor(options.format, options.output), options.output,
       {book, QuickText(book), sheets::JsonOf(book), QuickPage(answer, book)});
  if (!options.keep.empty()) {
    WriteWholeFile(options.keep, sizing::ConfigOf(options.questions));
    std::cout << fmt::format("Wrote {}; refine it and run: outpost size {}\n", options.keep,
                             options.keep);
  }
}

void AddQuick(CLI::App* size) {
  const auto options = std::make_shared<QuickOptions>();
  auto* quick = size->add_subcommand(
      "quick", "A first answer from a few questions: configuration, machines, yearly storage");
  auto& q = options->questions;
  quick->add_option("--users", q.users, "mobile workers at the start")->required();
  quick->add_option("--target", q.users_target, "mobile workers at the end (as at the start)");
  quick->add_option("--years", q.years, "years to plan for")->capture_default_str();
  quick->add_option("--start", options->start, "first month of use, YYYY-MM (this month)");
  quick->add_option("--forms", q.forms_per_user, "forms per worker and month")
      ->capture_default_str();
  quick->add_option("--cases", q.new_cases_per_user, "new cases per worker and month")
      ->capture_default_str();
  quick->add_option("--cases-per-form", q.cases_per_form, "cases that one form changes")
      ->capture_default_str();
  quick
      ->add_option("--attachment-kb", q.attachment_kb_per_form, "kB of photos per form, on average")
      ->capture_default_str();
  quick->add_option("--syncs", q.syncs_per_user, "syncs per worker and month")
      ->capture_default_str();
  quick->add_flag("--standby", q.standby, "a second machine that takes over");
  quick->add_option("-o,--output", options->output, "write to this file (CSV: folder)");
  quick->add_option("--format", options->format, "text, csv, json, xlsx or html")
      ->check(CLI::IsMember({"text", "csv", "json", "xlsx", "html"}));
  quick->add_option("--keep", options->keep, "write the questions as a sizing configuration");
  quick->footer(
      "Example: outpost size quick --users 8000 --target 20000 --years 3 --forms 75 --standby");
  quick->callback([options] { RunQuick(*options); });
}

void AddTemplate(CLI::App* size) {
  const auto name = std::make_shared<std::string>();
  auto* command =
      size->add_subcommand("template", "Print a configuration that comes with the program");
  command->add_option("name", *name, "which one; without it they are listed");
  command->footer("Example: outpost size template commcare-hq-large > large.yml");
  command->callback([name] {
    if (name->empty()) {
      for (const auto& one : sizing::Templates()) std::cout << one.name << '\n';
    } else {
      std::cout << sizing::TemplateNamed(*name).text;
    }
  });
}

void AddServerOptions(CLI::App* size, SizeOptions* options) {
  size->add_flag("--from-server", options->from_server,
                 "fill the inputs from a server's own figures, with a forecast of its disk");
  size->add_flag("--check", options->check,
                 "is this machine large enough for the next summary date? Exit code 1: no");
  auto& server = options->server;
  size->add_option("--data", server.data, "data folder of the server")->capture_default_str();
  size->add_option("--growth", server.growth,
                   "people more each month, in percent (from the server's history)");
  size->add_option("--months", server.months, "months to look ahead")->capture_default_str();
  size->add_option("--keep", server.keep,
                   "with --from-server: write the configuration to this file");
  size->add_flag_callback(
      "--json", [options] { options->format = "json"; }, "the same as --format json");
}

}  // namespace

void AddSizeCommand(CLI::App& app) {
  const auto options = std::make_shared<SizeOptions>();
  auto* size =
      app.add_subcommand("size", "How much machine and disk a plan needs (resource model)");
  size->require_subcommand(0, 1);
  size->add_option("config", options->config, "YAML file of the resource model");
  size->add_option("-o,--output", options->output,
                   "write to this file (CSV: folder); {name} becomes the name of the set");
  size->add_option("--format", options->format, "text, csv, json, xlsx or html (by the file name)")
      ->check(CLI::IsMember({"text", "csv", "json", "xlsx", "html"}));
  size->add_option("-s,--service", options->evaluation.only_service, "only this service");
  size->add_option("-u,--usage", options->usage_field, "print one usage series and stop");
  size->add_option("--set", options->set, "evaluate only this set");
  size->add_flag("--fix-min-storage", options->evaluation.fix_min_storage,
                 "count min_storage_per_node once where the original shows it twice");
  AddServerOptions(size, options.get());
  size->footer(
      "Examples: outpost size sizing.yml -o sizing.xlsx\n"
      "          outpost size --from-server --data /var/lib/outpost\n"
      "          outpost size sizing.yml --check --data /var/lib/outpost");
  AddQuick(size);
  AddTemplate(size);
  size->callback([options, size] {
    if (size->get_subcommands().empty()) RunSize(*options);
  });
}

}  // namespace outpost::cli
