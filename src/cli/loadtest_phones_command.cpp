#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cmath>
#include <csignal>
#include <iostream>

#include "base/problem.h"
#include "cli/commands.h"
#include "cli/loadtest_arguments.h"
#include "operations/loadtest/fill.h"
#include "operations/loadtest/phone_load.h"
#include "operations/loadtest/phone_report.h"

namespace outpost::cli {
namespace {

/// Who sends the forms that are nothing new to the phones of `sync`.
constexpr int kStrangers = 50;
constexpr double kForeignFormsDefault = 100;

/// The usual load of a user, and the share of a day that falls into its busiest quarter of an hour.
constexpr double kFormsInMonth = 642, kSyncsInMonth = 7.8;
constexpr double kFormsShareOfDay = 0.035, kSyncsShareOfDay = 0.05;
constexpr double kQuarterSeconds = 900;
constexpr int kSimulatedUsersMax = 1'000'000;
constexpr int kAccountsDefaultMax = 20'000;
/// So many more phones restore than will sync, as not each is idle when its turn comes.
constexpr double kPhonesSpare = 1.25;

bool IsTerminal() { return ::isatty(STDERR_FILENO) == 1; }

bool ShowFill(std::uint64_t done, std::uint64_t all) {
  if (IsTerminal()) {
    std::cerr << fmt::format("\rcases: {} of {} forms ", done, all) << std::flush;
  }
  return !IsInterrupted();
}

bool ShowPhones(const loadtest::PhoneLoadProgress& progress) {
  if (IsTerminal()) {
    std::cerr << fmt::format("\r{:.0f} s: {} restores, {} syncs, {} forms, {} errors ",
                             static_cast<double>(progress.elapsed_micros) / 1e6, progress.restores,
                             progress.syncs, progress.forms, progress.errors)
              << std::flush;
  }
  return !IsInterrupted();
}

loadtest::FormPlan PlanFor(const LoadTestArguments& given, const Place& place,
                           const loadtest::Prepared& prepared) {
  loadtest::FormPlan plan;
  plan.project = prepared.project;
  plan.host = place.host;
  plan.password = prepared.password;
  plan.users = prepared.users;
  plan.seed = given.seed ? *given.seed : RandomSeed();
  return plan;
}

void Fill(const LoadTestArguments& given, const Place& place, loadtest::FormPlan plan,
          std::size_t users) {
  if (given.cases == 0) return;
  plan.users.resize(users);
  loadtest::FillOptions options{place.address, place.port, std::min(given.connections, 8),
                                std::move(plan), given.cases};
  const auto result = loadtest::RunFill(options, ShowFill);
  if (IsTerminal()) std::cerr << '\n';
  std::cerr << fmt::format("{} cases for each of {} users: {} forms in {:.1f} s\n", given.cases,
                           users, result.forms, static_cast<double>(result.elapsed_micros) / 1e6);
  for (const auto& [what, count] : result.errors) {
    std::cerr << fmt::format("  {}: {}\n", what, count);
  }
}

void Measure(const LoadTestArguments& given, const loadtest::PhoneLoadOptions& options) {
  auto result = loadtest::RunPhoneLoad(options, ShowPhones);
  if (IsTerminal()) std::cerr << '\n';
  const auto summary = loadtest::Summarise(result);
  std::cout << (given.as_json ? loadtest::JsonOf(options, result, summary)
                              : loadtest::TextOf(options, result, summary));
  if (!loadtest::Passed(options, result, summary)) throw ExitCode{1};
}

/// What both kinds of run have in common.
loadtest::PhoneLoadOptions OptionsFor(const LoadTestArguments& given, const Place& place) {
  loadtest::PhoneLoadOptions options;
  options.address = place.address;
  options.port = place.port;
  options.connections = given.connections;
  options.form_connections = given.form_connections;
  options.duration_micros = MicrosOf(given.duration);
  options.bytes_per_second = given.phone_bytes_per_second;
  options.verified_phones = static_cast<std::size_t>(given.verified_phones);
  return options;
}

loadtest::Prepared Require(loadtest::Prepared prepared, std::size_t users) {
  if (prepared.users.size() < users) {
    throw Problem(ProblemKind::kBadRequest,
                  fmt::format("The test needs {} users, but only {} were prepared.", users,
                              prepared.users.size()));
  }
  prepared.users.resize(users);
  return prepared;
}

void Sync(const LoadTestArguments& given) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto place = PlaceOf(given.target);
  auto options = OptionsFor(given, place);
  const auto users = static_cast<std::size_t>(given.phones + kStrangers);
  const auto prepared = Require(PreparedFor(given, static_cast<int>(users)), users);
  options.forms = PlanFor(given, place, prepared);
  options.phones = static_cast<std::size_t>(given.phones);
  options.only_restores = given.only_restores;
  options.sync_rate = given.sync_rate;
  options.form_rate = given.form_rate < 0 ? kForeignFormsDefault : given.form_rate;
  HoldInterrupts();
  Fill(given, place, options.forms, options.phones);
  Measure(given, options);
}

void Mixed(const LoadTestArguments& given) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto place = PlaceOf(given.target);
  auto options = OptionsFor(given, place);
  const int accounts =
      given.accounts > 0 ? given.accounts : std::min(given.users, kAccountsDefaultMax);
  const auto users = static_cast<std::size_t>(accounts);
  const auto prepared = Require(PreparedFor(given, accounts), users);
  options.forms = PlanFor(given, place, prepared);
  options.forms.own_cases_only = true;
  options.is_mixed = true;
  const double a_day = given.users / given.field_days;
  options.form_rate = given.form_rate >= 0
                          ? given.form_rate
                          : a_day * kFormsInMonth * kFormsShareOfDay / kQuarterSeconds;
  options.sync_rate = given.sync_rate > 0
                          ? given.sync_rate
                          : a_day * kSyncsInMonth * kSyncsShareOfDay / kQuarterSeconds;
  options.first_share = given.first_share;
  const double syncing =
      options.sync_rate * static_cast<double>(options.duration_micros) / 1e6 * kPhonesSpare;
  const auto least = std::min<std::size_t>(users, static_cast<std::size_t>(given.connections));
  options.phones = std::clamp(static_cast<std::size_t>(std::ceil(syncing)), least, users);
  std::cerr << fmt::format(
      "{} users: {:.1f} forms/s and {:.2f} syncs/s, by {} accounts, {} phones of which sync\n",
      given.users, options.form_rate, options.sync_rate, accounts, options.phones);
  HoldInterrupts();
  Fill(given, place, options.forms, options.phones);
  Measure(given, options);
}

void AddCommon(CLI::App* command, const LoadTestArgumentsPtr& given) {
  AddLoadtestTarget(command, given, "Connections of phones that restore or sync");
  command->add_option("--duration", given->duration, "Of the syncs: 90s, 5m, 1h")
      ->capture_default_str();
  command->add_option("--cases", given->cases, "First give each of the phones' users so many cases")
      ->check(CLI::Range(0, 100'000));
  command->add_option("--form-connections", given->form_connections, "Connections that send forms")
      ->capture_default_str()
      ->check(CLI::Range(1, kConnectionsMax));
  command
      ->add_option("--verify", given->verified_phones,
                   "So many first restores are read whole, as phones read them")
      ->capture_default_str()
      ->check(CLI::Range(0, 1'000));
  command
      ->add_option("--phone-bytes-per-second", given->phone_bytes_per_second,
                   "No phone reads faster than this")
      ->check(CLI::Range(0, 1'000'000'000));
  command->add_flag("--into-existing", given->into_existing,
                    "Also into a project space that no load test has made");
}

void AddSync(CLI::App* family, const LoadTestArgumentsPtr& given) {
  auto* sync = AddLoadtest(family, given, "sync",
                           "Phones restore once, then sync with nothing new; forms of others");
  AddCommon(sync, given);
  sync->add_option("--phones", given->phones, "Phones, each of another worker")
      ->capture_default_str()
      ->check(CLI::Range(1, loadtest::kUsersMax - kStrangers));
  sync->add_option("--rate", given->sync_rate,
                   "Syncs a second (default: as fast as they are answered)")
      ->check(CLI::Range(0.0, 1e6));
  sync->add_option("--forms-rate", given->form_rate,
                   "Forms a second that are nothing new to any phone (default: 100)")
      ->check(CLI::Range(0.0, 1e6));
  sync->add_flag("--only-restores", given->only_restores,
                 "End after the first restores, and unpack no more of them than the token");
  sync->footer(
      "Example: outpost loadtest sync --phones 2000 --cases 1000 --duration 60s\n"
      "Exit code 1: a phone refused without reason (412), a restore that phones would not take,\n"
      "1 % errors, or 5 % of restores over 15 s, syncs over 5 s, forms over 2 s.");
  sync->callback([given] { Sync(*given); });
}

void AddMixed(CLI::App* family, const LoadTestArgumentsPtr& given) {
  auto* mixed = AddLoadtest(family, given, "mixed",
                            "Forms and syncs of so many users in their busiest quarter-hour");
  AddCommon(mixed, given);
  mixed->add_option("--users", given->users, "Users that are simulated")
      ->capture_default_str()
      ->check(CLI::Range(1, kSimulatedUsersMax));
  mixed
      ->add_option("--accounts", given->accounts,
                   "Accounts that act for them (default: one each, at most 20000)")
      ->check(CLI::Range(1, loadtest::kUsersMax));
  mixed->add_option("--first-share", given->first_share, "Share of syncs that are logins")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  mixed->add_option("--field-days", given->field_days, "Working days in a month")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 31.0));
  mixed->add_option("--rate", given->sync_rate, "Syncs a second instead")
      ->check(CLI::Range(0.0, 1e6));
  mixed->add_option("--forms-rate", given->form_rate, "Forms a second instead")
      ->check(CLI::Range(0.0, 1e6));
  mixed->footer(
      "A user sends 642 forms and syncs 7.8 times a month; 3.5 % of a day's forms and 5 % of its\n"
      "syncs fall into the busiest quarter of an hour.\n"
      "Example: outpost loadtest mixed --users 100000 --cases 200 --duration 5m\n"
      "Exit code 1: as for sync.");
  mixed->callback([given] { Mixed(*given); });
}

}  // namespace

void AddLoadtestPhones(CLI::App* family, const LoadTestArgumentsPtr& given) {
  AddSync(family, given);
  AddMixed(family, given);
}

}  // namespace outpost::cli
