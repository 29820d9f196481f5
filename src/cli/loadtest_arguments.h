#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "operations/loadtest/prepare.h"

namespace CLI {
class App;
}

/// What the commands of `outpost loadtest` share.
namespace outpost::cli {

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

  // Of phones.
  int phones = 2'000, accounts = 0, cases = 0, form_connections = 16, verified_phones = 10;
  double sync_rate = 0, form_rate = -1, first_share = 0.02;
  double field_days = 22;
  std::int64_t phone_bytes_per_second = 0;
  bool only_restores = false;

  // Of installs.
  std::string app_url, within;
  int clients = 500;
};
using LoadTestArgumentsPtr = std::shared_ptr<LoadTestArguments>;

inline constexpr int kConnectionsMax = 5'000;

/// "90", "90s", "5m", "1h" as microseconds. @throws Problem kBadRequest
std::int64_t MicrosOf(const std::string& text);

struct Place {
  std::string address;  // numeric
  std::uint16_t port = 0;
  std::string host;  // of the Host header
};
/// Only plain HTTP to a numeric address: a load test is about the server, not about TLS or DNS.
/// @throws Problem kBadRequest
Place PlaceOf(const std::string& target);

/// Has the server make project and workers; its answer.
std::string AskToPrepare(const LoadTestArguments& given, int users);
/// The same, read; or what --prepared names.
loadtest::Prepared PreparedFor(const LoadTestArguments& given, int users);

/// Ctrl-C ends a test early, with its report, instead of the program.
void HoldInterrupts();
bool IsInterrupted();

std::uint64_t RandomSeed();

/// A command of the family, with the options that all have.
CLI::App* AddLoadtest(CLI::App* family, const LoadTestArgumentsPtr& given, const char* name,
                      const char* what);
void AddLoadtestUsers(CLI::App* command, const LoadTestArgumentsPtr& given);
/// --target, --prepared, --seed, --connections, --json.
void AddLoadtestTarget(CLI::App* command, const LoadTestArgumentsPtr& given,
                       const char* connections);

/// `sync` and `mixed`.
void AddLoadtestPhones(CLI::App* family, const LoadTestArgumentsPtr& given);
/// `apps`.
void AddLoadtestApps(CLI::App* family, const LoadTestArgumentsPtr& given);

}  // namespace outpost::cli
