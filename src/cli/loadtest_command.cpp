#include <arpa/inet.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "operations/loadtest/engine.h"
#include "operations/loadtest/prepare.h"
#include "operations/loadtest/report.h"
#include "operations/loadtest/verify.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;

struct LoadTestArguments {
  std::string target = "http://127.0.0.1:8000";
  std::string project = "loadtest";
  std::string data = "data";
  std::string duration = "60s";
  std::string ledger, prepared_file;
  int connections = 64;
  int users = 2'000;
  std::int64_t rate = 0;
  std::int64_t position = -1;
  std::optional<std::uint64_t> seed;
  bool into_existing = false;
  bool skips_verification = false;
  bool as_json = false;
};
using Arguments = std::shared_ptr<LoadTestArguments>;

constexpr int kConnectionsMax = 5'000;

/// "90", "90s", "5m", "1h" as microseconds.
std::int64_t MicrosOf(const std::string& text) {
  const auto unit = text.find_first_not_of("0123456789");
  const auto number = ParseInt(text.substr(0, unit));
  const auto word = unit == std::string::npos ? std::string("s") : text.substr(unit);
  const std::int64_t seconds = word == "s" ? 1 : word == "m" ? 60 : word == "h" ? 3'600 : 0;
  if (!number || *number < 1 || seconds == 0) {
    throw Problem(ProblemKind::kBadRequest, "A duration is written as 90s, 5m or 1h.");
  }
  return *number * seconds * kMicrosPerSecond;
}

/// Only plain HTTP to a numeric address: a load test is about the server, not about TLS or DNS.
void SetTarget(const std::string& target, loadtest::SubmitOptions& options) {
  constexpr std::string_view kScheme = "http://";
  const auto refuse = [&] {
    throw Problem(ProblemKind::kBadRequest,
                  "The target must be as http://127.0.0.1:8000; it is " + target + ".");
  };
  if (!target.starts_with(kScheme)) refuse();
  auto place = target.substr(kScheme.size());
  while (place.ends_with('/')) place.pop_back();
  const auto colon = place.rfind(':');
  const auto port = colon == std::string::npos ? std::nullopt : ParseInt(place.substr(colon + 1));
  if (!port || *port < 1 || *port > UINT16_MAX) refuse();
  auto host = place.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  in6_addr address{};
  if (::inet_pton(AF_INET, host.c_str(), &address) != 1 &&
      ::inet_pton(AF_INET6, host.c_str(), &address) != 1) {
    refuse();
  }
  options.address = host;
  options.port = static_cast<std::uint16_t>(*port);
  options.forms.host = place;
}

std::string AskToPrepare(const LoadTestArguments& given) {
  const json::object arguments{{"project", given.project},
                               {"users", given.users},
                               {"may_use_existing", given.into_existing}};
  return CallServer(given.data, "loadtest.prepare", json::serialize(arguments));
}

loadtest::Prepared PreparedFor(const LoadTestArguments& given) {
  if (given.prepared_file.empty()) return loadtest::PreparedOf(AskToPrepare(given));
  std::ifstream in(given.prepared_file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) throw Problem(ProblemKind::kNotFound, "Cannot read " + given.prepared_file + ".");
  return loadtest::PreparedOf(text.str());
}

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

/// Ctrl-C ends a test early, with its report, instead of the program.
void HoldInterrupts() {
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  ::sigprocmask(SIG_BLOCK, &interrupt, nullptr);
}
bool IsInterrupted() {
  sigset_t pending;
  return ::sigpending(&pending) == 0 && sigismember(&pending, SIGINT) == 1;
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

std::uint64_t RandomSeed() {
  std::array<std::uint8_t, 4> bytes{};
  FillRandom(bytes);
  std::uint64_t seed = 0;
  for (const auto byte : bytes) seed = seed << 8 | byte;
  return seed;
}

void Submit(const LoadTestArguments& given) {
  std::signal(SIGPIPE, SIG_IGN);
  loadtest::SubmitOptions options;
  SetTarget(given.target, options);
  const auto prepared = PreparedFor(given);
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

CLI::App* Add(CLI::App* family, const Arguments& given, const char* name, const char* what) {
  auto* command = family->add_subcommand(name, what);
  command->add_option("--data", given->data, "Data folder of the server")
      ->envname("OUTPOST_DATA_FOLDER")
      ->capture_default_str();
  command->add_option("--project", given->project, "Project space of the test")
      ->capture_default_str();
  return command;
}

void AddUsers(CLI::App* command, const Arguments& given) {
  command->add_option("--users", given->users, "Workers that send")
      ->capture_default_str()
      ->check(CLI::Range(1, loadtest::kUsersMax));
  command->add_flag("--into-existing", given->into_existing,
                    "Also into a project space that no load test has made");
}

void AddSubmit(CLI::App* family, const Arguments& given) {
  auto* submit = Add(family, given, "submit", "Post forms, measure, compare with the database");
  AddUsers(submit, given);
  submit->add_option("--target", given->target, "Address of the server")->capture_default_str();
  submit
      ->add_option("--connections", given->connections, "Connections, each with one form at a time")
      ->capture_default_str()
      ->check(CLI::Range(1, kConnectionsMax));
  submit->add_option("--duration", given->duration, "90s, 5m, 1h")->capture_default_str();
  submit
      ->add_option("--rate", given->rate, "Forms a second (default: as fast as they are answered)")
      ->check(CLI::Range(0, 1'000'000));
  submit->add_option("--seed", given->seed, "The same seed makes the same forms");
  submit->add_option("--ledger", given->ledger, "Also write what was acknowledged to this file");
  submit->add_option("--prepared", given->prepared_file,
                     "What `loadtest prepare` printed on the server's machine");
  submit->add_flag("--no-verify", given->skips_verification,
                   "Do not compare with the database afterwards");
  submit->add_flag("--json", given->as_json, "Print the result as JSON");
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

  auto* prepare = Add(family, given, "prepare",
                      "Make project space and workers, print what submit needs elsewhere");
  AddUsers(prepare, given);
  prepare->footer("Example: outpost loadtest prepare --users 2000 > prepared.json");
  prepare->callback([given] { std::cout << AskToPrepare(*given) << '\n'; });

  auto* verify = Add(family, given, "verify", "Compare a ledger with the database");
  verify->add_option("--ledger", given->ledger, "File that submit --ledger has written")
      ->required();
  verify->add_option("--position", given->position,
                     "\"position\" of prepare: also look for forms that nobody sent");
  verify->footer("Example: outpost loadtest verify --ledger ledger.txt --data /var/lib/outpost");
  verify->callback([given] { VerifyLedger(*given); });
}

}  // namespace outpost::cli
