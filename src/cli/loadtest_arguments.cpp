#include "cli/loadtest_arguments.h"

#include <arpa/inet.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <boost/json.hpp>
#include <csignal>
#include <fstream>
#include <sstream>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "cli/admin_client.h"

namespace outpost::cli {

namespace json = boost::json;

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

Place PlaceOf(const std::string& target) {
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
  return {host, static_cast<std::uint16_t>(*port), place};
}

std::string AskToPrepare(const LoadTestArguments& given, int users) {
  const json::object arguments{
      {"project", given.project}, {"users", users}, {"may_use_existing", given.into_existing}};
  return CallServer(given.data, "loadtest.prepare", json::serialize(arguments));
}

loadtest::Prepared PreparedFor(const LoadTestArguments& given, int users) {
  if (given.prepared_file.empty()) return loadtest::PreparedOf(AskToPrepare(given, users));
  std::ifstream in(given.prepared_file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) throw Problem(ProblemKind::kNotFound, "Cannot read " + given.prepared_file + ".");
  return loadtest::PreparedOf(text.str());
}

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

std::uint64_t RandomSeed() {
  std::array<std::uint8_t, 4> bytes{};
  FillRandom(bytes);
  std::uint64_t seed = 0;
  for (const auto byte : bytes) seed = seed << 8 | byte;
  return seed;
}

CLI::App* AddLoadtest(CLI::App* family, const LoadTestArgumentsPtr& given, const char* name,
                      const char* what) {
  auto* command = family->add_subcommand(name, what);
  command->add_option("--data", given->data, "Data folder of the server")
      ->envname("OUTPOST_DATA_FOLDER")
      ->capture_default_str();
  command->add_option("--project", given->project, "Project space of the test")
      ->capture_default_str();
  return command;
}

void AddLoadtestUsers(CLI::App* command, const LoadTestArgumentsPtr& given) {
  command->add_option("--users", given->users, "Workers that send")
      ->capture_default_str()
      ->check(CLI::Range(1, loadtest::kUsersMax));
  command->add_flag("--into-existing", given->into_existing,
                    "Also into a project space that no load test has made");
}

void AddLoadtestTarget(CLI::App* command, const LoadTestArgumentsPtr& given,
                       const char* connections) {
  command->add_option("--target", given->target, "Address of the server")->capture_default_str();
  command->add_option("--connections", given->connections, connections)
      ->capture_default_str()
      ->check(CLI::Range(1, kConnectionsMax));
  command->add_option("--seed", given->seed, "The same seed makes the same requests");
  command->add_option("--prepared", given->prepared_file,
                      "What `loadtest prepare` printed on the server's machine");
  command->add_flag("--json", given->as_json, "Print the result as JSON");
}

}  // namespace outpost::cli
