#include "operations/health/check_board.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

namespace outpost::health {
namespace {

Check Well(std::string name, std::atomic<int>* runs = nullptr) {
  return {std::move(name), [runs] {
            if (runs != nullptr) runs->fetch_add(1);
            return CheckResult{true, "well"};
          }};
}

std::vector<Verdict> AskAndWait(CheckBoard& board, const std::vector<std::string>& names) {
  std::promise<std::vector<Verdict>> answer;
  EXPECT_TRUE(board.Ask(names, [&](const auto& verdicts) { answer.set_value(verdicts); }));
  return answer.get_future().get();
}

TEST(CheckBoard, AnswersInTheOrderOfTheQuestion) {
  MetricRegistry metrics;
  CheckBoard board({Well("a"), Well("b"), Well("c")}, metrics);
  const auto verdicts = AskAndWait(board, {"c", "a"});
  ASSERT_EQ(verdicts.size(), 2u);
  EXPECT_EQ(verdicts[0].check, "c");
  EXPECT_EQ(verdicts[1].check, "a");
  EXPECT_TRUE(board.Has("b"));
  EXPECT_FALSE(board.Has("d"));
}

TEST(CheckBoard, AResultAnswersFurtherQuestionsForAMomentAndNoLonger) {
  MetricRegistry metrics;
  std::atomic<int> runs{0};
  BoardLimits limits;
  limits.fresh_micros = 100'000;
  CheckBoard board({Well("a", &runs)}, metrics, limits);
  for (int i = 0; i < 20; ++i) AskAndWait(board, {"a"});
  EXPECT_LE(runs.load(), 2);
  const int before = runs.load();
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  AskAndWait(board, {"a"});
  EXPECT_EQ(runs.load(), before + 1);
}

TEST(CheckBoard, ACheckThatThrowsHasFailedAndStrangersAreNotToldWhy) {
  MetricRegistry metrics;
  CheckBoard board({{"a", []() -> CheckResult { throw std::runtime_error("secret path"); }}},
                   metrics);
  const auto verdicts = AskAndWait(board, {"a"});
  EXPECT_FALSE(verdicts[0].is_ok);
  EXPECT_EQ(verdicts[0].message, "a raised an error");
}

TEST(CheckBoard, ACheckThatHangsTimesOutAloneAndIsStartedOnce) {
  MetricRegistry metrics;
  std::promise<void> release;
  auto released = release.get_future().share();
  std::atomic<int> runs{0};
  BoardLimits limits;
  limits.check_micros_max = 50'000;
  CheckBoard board({{"stuck",
                     [&] {
                       runs.fetch_add(1);
                       released.wait();
                       return CheckResult{true, ""};
                     }},
                    Well("b")},
                   metrics, limits);
  for (int i = 0; i < 3; ++i) {
    const auto verdicts = AskAndWait(board, {"stuck", "b"});
    EXPECT_FALSE(verdicts[0].is_ok);
    EXPECT_EQ(verdicts[0].message, "timed out");
    EXPECT_TRUE(verdicts[1].is_ok);
  }
  EXPECT_EQ(runs.load(), 1);
  release.set_value();
}

TEST(CheckBoard, TooManyWaitingQuestionsAreRefused) {
  MetricRegistry metrics;
  std::promise<void> release;
  auto released = release.get_future().share();
  BoardLimits limits;
  limits.questions_max = 2;
  CheckBoard board({{"slow",
                     [released] {
                       released.wait();
                       return CheckResult{true, ""};
                     }}},
                   metrics, limits);
  std::atomic<int> answered{0};
  const auto count = [&](const auto&) { answered.fetch_add(1); };
  EXPECT_TRUE(board.Ask({"slow"}, count));
  EXPECT_TRUE(board.Ask({"slow"}, count));
  EXPECT_FALSE(board.Ask({"slow"}, count));
  release.set_value();
  while (answered.load() < 2) std::this_thread::yield();
}

TEST(CheckBoard, ItsVerdictsAreMetrics) {
  MetricRegistry metrics;
  CheckBoard board({Well("a")}, metrics);
  AskAndWait(board, {"a"});
  EXPECT_NE(metrics.RenderPrometheus().find(R"(commcare_serverup_check{status="ok",check="a"})"),
            std::string::npos);
}

}  // namespace
}  // namespace outpost::health
