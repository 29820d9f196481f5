#include "operations/health/serverup.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include "base/text.h"

namespace outpost::health {
namespace {

namespace json = boost::json;

json::value ReadCases() {
  const char* set = std::getenv("OUTPOST_CORPUS");
  const auto file = std::filesystem::path(set == nullptr ? OUTPOST_CORPUS_DEFAULT : set) /
                    "operations" / "health" / "serverup-cases.json";
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  std::stringstream text;
  text << in.rdbuf();
  return json::parse(text.str());
}

std::vector<std::pair<std::string, std::string>> QueryOf(std::string_view target) {
  std::vector<std::pair<std::string, std::string>> query;
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return query;
  for (const auto item : Split(target.substr(mark + 1), '&')) {
    const auto equals = item.find('=');
    query.emplace_back(item.substr(0, equals),
                       equals == std::string_view::npos ? "" : item.substr(equals + 1));
  }
  return query;
}

/// Every check well, but those that the case's state names.
std::vector<Check> ArrangedChecks(const json::object& state) {
  std::vector<std::string> names(std::begin(kDefaultChecks), std::end(kDefaultChecks));
  names.emplace_back(kCeleryCheck);
  std::vector<Check> checks;
  for (const auto& name : names) {
    CheckResult result{true, "OK"};
    if (state.contains(name)) {
      result = {false, name == kCeleryCheck ? "background_queue has been blocked for 0:11:40 "
                                              "(max allowed is 0:10:00)"
                                            : "connection refused"};
    }
    checks.push_back({name, [result] { return result; }});
  }
  return checks;
}

struct Outcome {
  http::Response response;
  json::array checks_run;
};

Outcome RunCase(std::string_view target, const json::object& state) {
  MetricRegistry metrics;
  CheckBoard board(ArrangedChecks(state), metrics);
  const auto chosen = ChooseChecks(QueryOf(target));
  std::promise<http::Response> answer;
  board.Ask(chosen, [&](const auto& verdicts) {
    answer.set_value(ServerupReply(verdicts, "host-1", state.contains("deploy_in_progress")));
  });
  Outcome outcome{answer.get_future().get(), {}};
  for (const auto& name : chosen) outcome.checks_run.emplace_back(name);
  return outcome;
}

void CheckExpectations(const json::object& expect, const Outcome& outcome, bool has_body) {
  EXPECT_EQ(outcome.response.status, expect.at("status").as_int64());
  const auto& body = std::get<std::string>(outcome.response.body);
  if (const auto* exact = expect.if_contains("body"); exact != nullptr && has_body) {
    EXPECT_EQ(body, exact->as_string());
  }
  if (const auto* start = expect.if_contains("body_starts_with")) {
    EXPECT_TRUE(body.starts_with(std::string_view(start->as_string()))) << body;
  }
  if (const auto* parts = expect.if_contains("body_contains")) {
    for (const auto& part : parts->as_array()) {
      EXPECT_NE(body.find(std::string_view(part.as_string())), std::string::npos) << body;
    }
  }
  if (const auto* checks = expect.if_contains("checks_run")) {
    EXPECT_EQ(outcome.checks_run, checks->as_array());
  }
}

TEST(ServerupConformance, EachCaseOfTheCorpus) {
  const auto cases = ReadCases();
  if (!cases.is_object()) GTEST_SKIP() << "no corpus: set OUTPOST_CORPUS";
  int checked = 0;
  for (const auto& item : cases.at("cases").as_array()) {
    const auto& one = item.as_object();
    const std::string_view request = one.at("request").as_string();
    const auto space = request.find(' ');
    const auto target = request.substr(space + 1);
    if (!target.starts_with("/serverup.txt")) continue;  // a fixed answer: health_test
    SCOPED_TRACE(std::string_view(one.at("id").as_string()));
    const auto* state = one.if_contains("state");
    const auto outcome = RunCase(target, state == nullptr ? json::object{} : state->as_object());
    CheckExpectations(one.at("expect").as_object(), outcome, request.starts_with("GET"));
    ++checked;
  }
  EXPECT_GE(checked, 11);
}

TEST(Serverup, TheOlderNameOfTheQueueCheckIsUnderstoodOnce) {
  const auto chosen = ChooseChecks({{"heartbeat", ""}, {"celery", ""}});
  EXPECT_EQ(chosen.size(), std::size(kDefaultChecks) + 1);
  EXPECT_EQ(chosen.back(), "celery");
  EXPECT_EQ(ChooseChecks({{"only", "heartbeat"}}), std::vector<std::string>{"celery"});
}

TEST(Serverup, AFailureIsAPageThatCannotBeMadeToRunAnything) {
  const auto response = ServerupReply({{"redis", false, "<script>", 1}}, "<host>", false);
  EXPECT_EQ(response.status, 500);
  const auto& body = std::get<std::string>(response.body);
  EXPECT_EQ(body, "Failed Checks (&lt;host&gt;):<br><b>redis</b>: &lt;script&gt;");
}

}  // namespace
}  // namespace outpost::health
