#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>

#include "cli/admin_client.h"
#include "cli/commands.h"
#include "cli/loadtest_arguments.h"
#include "operations/loadtest/engine.h"
#include "operations/loadtest/prepare.h"
#include "operations/loadtest/report.h"
#include "operations/loadtest/verify.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;

/// Asks the server slice by slice. `position`: where the test began; below 0: forms that nobody
/// sent are not looked for.
loadtest::VerifyResult Verify(const LoadTestArguments& given,
                              const std::vector<loadtest::LedgerEntry>& ledger,
                              std::int64_t position) {
  loadtest::VerifyResult result;
  std::uint64_t acknowledged = 0;
  for (const auto& entry : ledger) acknowledged += entry.is_acknowledged ? 1 : 0;
  for (const auto& slice : loadtest::SliceByCase(ledger)) {
    std::string lines;
    for (const auto& entry : slice) lines += loadtest::LineOf(entry) + "\n";
    const json::object arguments{{"project", given.project}, {"forms", lines}};
    result.Add(loadtest::VerifyResultOf(
        CallServer(given.data, "loadtest.verify", json::serialize(arguments))));
  }
  if (position >= 0) {
    const json::object arguments{{"project", given.project}, {"position", position}};
    const auto answer =
        json::parse(CallServer(given.data, "loadtest.count", json::serialize(arguments)));
    const auto stored = static_cast<std::uint64_t>(answer.at("forms").as_int64());
    const auto known = acknowledged - result.missing + result.found_unanswered;
    result.surplus = stored > known ? stored - known : 0;
  }
  return result;
}

bool ShowProgress(const loadtest::Progress& progress) {
  if (::isatty(STDERR_FILENO) == 1) {
    const double seconds = static_cast<double>(progress.elapsed_micros) / 1e6;
    std::cerr << fmt::format("\r{:.0f} s: {} forms, {:.0f}/s, {} errors ", seconds,
                             progress.acknowledged,
                             static_cast<double>(progress.acknowledged) / seconds, progress.errors)
              << std::flush;
  }
  return !IsInterrupted();
}

void Submit(const LoadTestArguments& given) {
  std::signal(SIGPIPE, SIG_IGN);
  loadtest::SubmitOptions options;
  const auto place = PlaceOf(given.target);
  options.address = place.address;
  options.port = place.port;
  options.forms.host = place.host;
  const auto prepared = PreparedFor(given, given.users);
  options.connections = given.connections;
  options.duration_micros = MicrosOf(given.duration);
  options.rate = given.rate;
  options.ledger_file = given.ledger;
  options.forms.project = prepared.project;
  options.forms.password = prepared.password;
  options.forms.users = prepared.users;
  options.forms.seed = given.seed ? *given.seed : RandomSeed();

  HoldInterrupts();
  auto result = loadtest::RunSubmit(options, ShowProgress);
  if (::isatty(STDERR_FILENO) == 1) std::cerr << '\n';
  std::optional<loadtest::VerifyResult> verified;
  if (!given.skips_verification) verified = Verify(given, result.ledger, prepared.position);
  const auto summary = loadtest::Summarise(result);
  const auto* verdict = verified ? &*verified : nullptr;
  std::cout << (given.as_json ? loadtest::JsonOf(options, result, summary, verdict)
                              : loadtest::TextOf(result, summary, verdict));
  if (!loadtest::Passed(summary, verdict)) throw ExitCode{1};
}

void VerifyLedger(const LoadTestArguments& given) {
  const auto result = Verify(given, loadtest::Ledger::Read(given.ledger), given.position);
  std::cout << loadtest::JsonOf(result) << '\n';
  if (!result.is_exact()) throw ExitCode{1};
}

void AddSubmit(CLI::App* family, const LoadTestArgumentsPtr& given) {
  auto* submit =
      AddLoadtest(family, given, "submit", "Post forms, measure, compare with the database");
  AddLoadtestUsers(submit, given);
  AddLoadtestTarget(submit, given, "Connections, each with one form at a time");
  submit->add_option("--duration", given->duration, "90s, 5m, 1h")->capture_default_str();
  submit
      ->add_option("--rate", given->rate, "Forms a second (default: as fast as they are answered)")
      ->check(CLI::Range(0, 1'000'000));
  submit->add_option("--ledger", given->ledger, "Also write what was acknowledged to this file");
  submit->add_flag("--no-verify", given->skips_verification,
                   "Do not compare with the database afterwards");
  submit->footer(
      "Example: outpost loadtest submit --target http://127.0.0.1:8000 --duration 60s\n"
      "Exit code 1: forms lost or doubled, 1 % errors, or 5 % over 2 s.");
  submit->callback([given] { Submit(*given); });
}

}  // namespace

void AddLoadtestCommand(CLI::App& app) {
  const auto given = std::make_shared<LoadTestArguments>();
  auto* family = app.add_subcommand("loadtest", "Measure a server with made-up forms");
  family->require_subcommand(1);
  AddSubmit(family, given);
  AddLoadtestPhones(family, given);
  AddLoadtestApps(family, given);

  auto* prepare = AddLoadtest(family, given, "prepare",
                              "Make project space and workers, print what submit needs elsewhere");
  AddLoadtestUsers(prepare, given);
  prepare->footer("Example: outpost loadtest prepare --users 2000 > prepared.json");
  prepare->callback([given] { std::cout << AskToPrepare(*given, given->users) << '\n'; });

  auto* verify = AddLoadtest(family, given, "verify", "Compare a ledger with the database");
  verify->add_option("--ledger", given->ledger, "File that submit --ledger has written")
      ->required();
  verify->add_option("--position", given->position,
                     "\"position\" of prepare: also look for forms that nobody sent");
  verify->footer("Example: outpost loadtest verify --ledger ledger.txt --data /var/lib/outpost");
  verify->callback([given] { VerifyLedger(*given); });
}

}  // namespace outpost::cli
