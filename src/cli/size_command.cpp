#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "base/clock.h"
#include "base/problem.h"
#include "cli/commands.h"
#include "format/sheets/json.h"
#include "format/sheets/page.h"
#include "format/sheets/text.h"
#include "format/sheets/xlsx.h"
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
};

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) throw Problem(ProblemKind::kNotFound, fmt::format("Cannot read {}.", path));
  return text.str();
}

void WriteFile(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw Problem(ProblemKind::kInternal, fmt::format("Cannot write {}.", path.string()));
}

std::string FormatOf(const SizeOptions& options) {
  if (!options.format.empty()) return options.format;
  const auto extension = fs::path(options.output).extension().string();
  if (extension == ".json" || extension == ".html" || extension == ".csv" || extension == ".xlsx") {
    return extension.substr(1);
  }
  return options.output.empty() ? "text" : "xlsx";
}

/// Writes one result as one file or, for CSV, as one folder; an empty output means the terminal.
void Emit(const std::string& format, const std::string& output, const sheets::Workbook& workbook,
          const std::string& text, const std::string& json, const std::string& html) {
  if (output.empty()) {
    if (format == "xlsx" || format == "csv") {
      throw Problem(ProblemKind::kBadRequest,
                    fmt::format("--format {} needs --output with a {}.", format,
                                format == "csv" ? "folder" : "file name"));
    }
    std::cout << (format == "json" ? json : format == "html" ? html : text);
    return;
  }
  std::cout << fmt::format("Writing output to {}\n", output);
  if (format == "xlsx") {
    sheets::WriteXlsx(workbook, output);
  } else if (format == "csv") {
    sizing::WriteCsvFiles(workbook, output);
  } else {
    WriteFile(output, format == "json" ? json : format == "html" ? html : text);
  }
}

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
  const auto format = FormatOf(options);
  const bool per_set = !options.output.empty() && (format == "xlsx" || format == "csv");
  if (!per_set) {
    Emit(format, options.output, {}, sizing::TextOf(result), sizing::JsonOf(result),
         sizing::HtmlOf(result));
    return;
  }
  if (result.sets.size() > 1 && options.output.find("{name}") == std::string::npos) {
    std::cerr << "Add '{name}' placeholder to the output filename create unique files per set.\n";
    throw ExitCode{1};
  }
  for (const auto& set : result.sets) {
    std::cout << fmt::format("Generating data for set '{}'\n", set.set.name);
    Emit(format, Named(options.output, set.set.name), sizing::WorkbookOf(result, set, true), "", "",
         "");
  }
  if (result.sets_comparison) {
    Emit(format, Named(options.output, "comparison"), sizing::ComparisonWorkbookOf(result), "", "",
         "");
  }
}

void RunSize(const SizeOptions& options) {
  if (options.config.empty()) {
    std::cerr << "Name a configuration file, or ask: outpost size quick --users N\n";
    throw ExitCode{2};
  }
  auto config =
      sizing::ReadConfig(ReadFile(options.config), fs::path(options.config).filename().string());
  if (!options.set.empty()) {
    std::erase_if(config.sets, [&](const auto& set) { return set.name != options.set; });
    if (config.sets.empty()) {
      throw Problem(ProblemKind::kNotFound,
                    fmt::format("{}: there is no set '{}'.", config.file, options.set));
    }
  }
  const auto result = sizing::EvaluateAll(std::move(config), options.evaluation);
  for (const auto& warning : result.warnings) std::cerr << warning << '\n';
  if (!options.usage_field.empty()) {
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
  auto body = "<h1>Quick sizing</h1>" + sheets::SvgOf(plot);
  for (const auto& table : book.sheets[0].tables) body += sheets::HtmlOf(table);
  return sheets::HtmlPage("Quick sizing", body);
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
  SizeOptions as_size;
  as_size.output = options.output;
  as_size.format = options.format;
  Emit(FormatOf(as_size), options.output, book, QuickText(book), sheets::JsonOf(book),
       QuickPage(answer, book));
  if (!options.keep.empty()) {
    WriteFile(options.keep, sizing::ConfigOf(options.questions));
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
  quick->callback([options] { RunQuick(*options); });
}

void AddTemplate(CLI::App* size) {
  const auto name = std::make_shared<std::string>();
  auto* command =
      size->add_subcommand("template", "Print a configuration that comes with the program");
  command->add_option("name", *name, "which one; without it they are listed");
  command->callback([name] {
    if (name->empty()) {
      for (const auto& one : sizing::Templates()) std::cout << one.name << '\n';
    } else {
      std::cout << sizing::TemplateNamed(*name).text;
    }
  });
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
  AddQuick(size);
  AddTemplate(size);
  size->callback([options, size] {
    if (size->get_subcommands().empty()) RunSize(*options);
  });
}

}  // namespace outpost::cli
