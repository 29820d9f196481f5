#include "operations/loadtest/engine.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "operations/loadtest/testing/scripted_server.h"

namespace outpost::loadtest {
namespace {

constexpr const char* kCreated = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok";
constexpr const char* kBusy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n";

SubmitOptions OptionsFor(const ScriptedServer& server) {
  SubmitOptions options;
  options.address = "127.0.0.1";
  options.port = server.port();
  options.connections = 4;
  options.duration_micros = 300'000;
  options.forms.project = "load";
  options.forms.password = "secret";
  options.forms.users = {{"a@load", "a1"}};
  options.forms.seed = 1;
  return options;
}

TEST(Engine, CountsWhatTheServerHasAcknowledged) {
  ScriptedServer server([](int, const std::string&) { return kCreated; });
  const auto result = RunSubmit(OptionsFor(server), {});
  EXPECT_GT(result.acknowledged, 20u);
  EXPECT_EQ(result.acknowledged, static_cast<std::uint64_t>(server.requests()));
  EXPECT_EQ(result.acknowledged, result.sent);
  EXPECT_EQ(result.samples.size(), result.acknowledged);
  EXPECT_EQ(result.ledger.size(), result.acknowledged);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_GT(result.bytes_sent, result.sent * 1'500);
  std::set<Uuid> forms;
  for (const auto& entry : result.ledger) EXPECT_TRUE(forms.insert(entry.form).second);
}

TEST(Engine, ARefusalIsAnErrorAndNoEntryOfTheLedger) {
  ScriptedServer server(
      [](int number, const std::string&) { return number % 2 == 0 ? kCreated : kBusy; });
  const auto result = RunSubmit(OptionsFor(server), {});
  EXPECT_GT(result.errors.at("503"), 0u);
  EXPECT_EQ(result.ledger.size(), result.acknowledged);
  EXPECT_EQ(result.sent, result.acknowledged + result.errors.at("503"));
}

TEST(Engine, AFormWhoseConnectionEndsIsRememberedAsUnanswered) {
  ScriptedServer server(
      [](int number, const std::string&) { return number % 5 == 4 ? "" : kCreated; });
  const auto result = RunSubmit(OptionsFor(server), {});
  EXPECT_GT(result.unanswered, 0u);
  EXPECT_EQ(result.errors.at("connection lost"), result.unanswered);
  std::uint64_t unanswered = 0;
  for (const auto& entry : result.ledger) unanswered += entry.is_acknowledged ? 0 : 1;
  EXPECT_EQ(unanswered, result.unanswered);
  EXPECT_EQ(result.sent, result.acknowledged + result.unanswered);
}

TEST(Engine, ARateIsKept) {
  ScriptedServer server([](int, const std::string&) { return kCreated; });
  auto options = OptionsFor(server);
  options.rate = 100;
  options.duration_micros = 500'000;
  const auto result = RunSubmit(options, {});
  EXPECT_GT(result.sent, 35u);
  EXPECT_LT(result.sent, 52u);
}

TEST(Engine, WithoutAServerThereAreOnlyErrors) {
  std::uint16_t port = 0;
  SubmitOptions options;
  {
    ScriptedServer server([](int, const std::string&) { return kCreated; });
    options = OptionsFor(server);
    port = server.port();
  }
  options.port = port;
  const auto result = RunSubmit(options, {});
  EXPECT_EQ(result.sent, 0u);
  EXPECT_GT(result.errors.at("cannot connect"), 0u);
}

TEST(Engine, StopsEarlyWhenTold) {
  ScriptedServer server([](int, const std::string&) { return kCreated; });
  auto options = OptionsFor(server);
  options.duration_micros = 60'000'000;
  const auto result = RunSubmit(options, [](const Progress&) { return false; });
  EXPECT_LT(result.elapsed_micros, 5'000'000);
}

}  // namespace
}  // namespace outpost::loadtest
