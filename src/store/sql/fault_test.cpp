#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/problem.h"
#include "store/sql/detail/sqlite_connection.h"
#include "store/sql/testing/fault_vfs.h"
#include "store/sql/testing/scratch_folder.h"
#include "store/sql/testing/store_rig.h"

// Promise 1: what was acknowledged is there after a restart, whatever failed.
namespace outpost::sql {
namespace {

using sql_testing::AddNote;
using sql_testing::FaultPlan;
using sql_testing::ParseFaultPlan;
using sql_testing::ScratchFolder;
using sql_testing::StoreRig;

constexpr int kHadNoFault = 0;
constexpr int kHadFault = 3;

std::string TextOf(std::int64_t number) {
  return std::to_string(number) + ":" + std::string(2'000, 'x');
}

DatabaseOptions FaultyOptions(const ScratchFolder& folder) {
  DatabaseOptions options{folder.path() / "outpost.db"};
  options.sqlite_vfs = sql_testing::kFaultVfsName;
  options.checkpoint_frames = 20;
  return options;
}

/// A child process that works on the database and says which notes were acknowledged.
class Child {
 public:
  using Work = std::function<int(const std::function<void(std::int64_t)>& acknowledge)>;

  explicit Child(const Work& work) {
    std::array<int, 2> ends{};
    OUTPOST_CHECK(::pipe(ends.data()) == 0);
    process_ = ::fork();
    if (process_ == 0) {
      ::close(ends[0]);
      const int said = ends[1];
      ::_exit(work([said](std::int64_t number) {
        OUTPOST_CHECK(::write(said, &number, sizeof(number)) == sizeof(number));
      }));
    }
    ::close(ends[1]);
    heard_ = ends[0];
  }
  ~Child() { ::close(heard_); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void Kill() const { ::kill(process_, SIGKILL); }
  int WaitForEnd() const {
    int status = 0;
    ::waitpid(process_, &status, 0);
    return status;
  }
  std::set<std::int64_t> Acknowledged() const {
    std::set<std::int64_t> numbers;
    std::int64_t number = 0;
    while (::read(heard_, &number, sizeof(number)) == sizeof(number)) numbers.insert(number);
    return numbers;
  }

 private:
  pid_t process_ = -1;
  int heard_ = -1;
};

/// Opens what was left and compares it with what was promised.
/// @returns false when something acknowledged is missing or something is damaged.
testing::AssertionResult KeepsThePromise(const ScratchFolder& folder,
                                         const std::set<std::int64_t>& acknowledged) {
  StoreRig rig({folder.path() / "outpost.db"});
  std::set<std::int64_t> present;
  {
    const auto reader = rig.database->Read();
    const auto rows = reader->Query("SELECT id, text FROM notes ORDER BY id");
    std::int64_t position = 0;
    while (rows->Next()) {
      if (rows->Int(0) != ++position) {
        return testing::AssertionFailure() << "position " << position << " is missing";
      }
      const auto number = std::stoll(rows->String(1));
      if (rows->Text(1) != TextOf(number)) {
        return testing::AssertionFailure() << "note " << number << " is damaged";
      }
      present.insert(number);
    }
  }
  for (const auto number : acknowledged) {
    if (!present.contains(number)) {
      return testing::AssertionFailure() << "note " << number << " was acknowledged and is lost";
    }
  }
  const auto problems = rig.database->IntegrityProblems();
  if (!problems.empty()) return testing::AssertionFailure() << problems;
  rig.writer->Run(1, [](Batch& batch) { AddNote(batch, TextOf(-1)); });
  return testing::AssertionSuccess();
}

int WriteSomeNotes(const ScratchFolder& folder, const FaultPlan& plan,
                   const std::function<void(std::int64_t)>& acknowledge) {
  SetLogLevel(LogLevel::kError);
  if (::freopen("/dev/null", "w", stderr) == nullptr) return 9;
  sql_testing::RegisterFaultVfs(plan);
  try {
    StoreRig rig(FaultyOptions(folder));
    for (std::int64_t number = 0; number < 12; ++number) {
      try {
        rig.writer->Run(1, [&](Batch& batch) { AddNote(batch, TextOf(number)); });
        acknowledge(number);
      } catch (const std::exception&) {
        continue;  // not acknowledged
      }
    }
  } catch (const std::exception&) {
    // could not be opened: nothing was acknowledged
  }
  return sql_testing::FaultsHit() > 0 ? kHadFault : kHadNoFault;
}

class FaultTest : public testing::TestWithParam<std::string> {};

TEST_P(FaultTest, TheKthCallThatFailsNeverBreaksThePromise) {
  // "write:#:EIO" with # = 1, 2, 3 … until the work is done before the fault comes. A short run
  // tries some of them, OUTPOST_LONG=1 all.
  const int step = std::getenv("OUTPOST_LONG") != nullptr ? 1 : 5;
  for (int k = 1; k < 2'000; k += k < 10 ? 1 : step) {
    auto words = GetParam();
    words.replace(words.find('#'), 1, std::to_string(k));
    const auto plan = ParseFaultPlan(words);
    const ScratchFolder folder;
    const Child child(
        [&](const auto& acknowledge) { return WriteSomeNotes(folder, plan, acknowledge); });
    const auto acknowledged = child.Acknowledged();
    const int status = child.WaitForEnd();
    ASSERT_TRUE(KeepsThePromise(folder, acknowledged)) << words;
    // A failed fsync is fatal, nothing else is.
    const bool ended_by_itself = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    const bool is_sync = plan.faults[0].call == sql_testing::FileCall::kSync;
    if (is_sync && ended_by_itself) continue;
    ASSERT_TRUE(WIFEXITED(status)) << words;
    if (WEXITSTATUS(status) == kHadNoFault) {
      EXPECT_EQ(acknowledged.size(), 12U);
      EXPECT_GT(k, 1) << "no such call was ever made";
      return;
    }
    ASSERT_EQ(WEXITSTATUS(status), kHadFault) << words;
    ASSERT_FALSE(is_sync) << words << " did not end the process";
  }
  FAIL() << "the faults never ended";
}

INSTANTIATE_TEST_SUITE_P(Calls, FaultTest,
                         testing::Values("write:#:EIO", "write:#+:EIO", "write:#:ENOSPC",
                                         "sync:#:EIO", "open:#:EIO", "read:#:EIO",
                                         "truncate:#:EIO"),
                         [](const auto& test) {
                           std::string name = test.param;
                           for (auto& c : name) {
                             if (c == '+') c = 's';
                             if (c == ':' || c == '#') c = '_';
                           }
                           return name;
                         });

/// Works without end from several threads.
int WriteUntilKilled(const ScratchFolder& folder, std::uint64_t seed, bool is_unsafe,
                     const std::function<void(std::int64_t)>& acknowledge) {
  SetLogLevel(LogLevel::kError);
  FaultPlan plan;
  plan.drops_unsynced = true;
  plan.seed = seed;
  sql_testing::RegisterFaultVfs(plan);
  auto rig = std::make_unique<StoreRig>(FaultyOptions(folder));
  if (is_unsafe) {
    rig->writer->Run(1, [](Batch& batch) {
      sqlite3_exec(static_cast<detail::SqliteConnection&>(batch.connection()).handle(),
                   "COMMIT; PRAGMA synchronous = OFF; BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    });
  }
  std::vector<std::thread> threads;
  for (std::int64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::int64_t number = thread;; number += 4) {
        rig->writer->Run(thread, [&](Batch& batch) { AddNote(batch, TextOf(number)); });
        acknowledge(number);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  return kHadNoFault;
}

testing::AssertionResult SurvivesAPowerFailure(std::uint64_t seed, bool is_unsafe,
                                               std::size_t* acknowledged) {
  std::mt19937_64 random(seed);
  const ScratchFolder folder;
  const Child child([&](const auto& acknowledge) {
    return WriteUntilKilled(folder, seed, is_unsafe, acknowledge);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(60 + random() % 100));
  child.Kill();
  child.WaitForEnd();
  const auto numbers = child.Acknowledged();
  *acknowledged += numbers.size();
  try {
    return KeepsThePromise(folder, numbers);
  } catch (const std::exception& error) {
    return testing::AssertionFailure() << error.what();
  }
}

TEST(PowerFailureTest, WhatWasAcknowledgedIsThereAlthoughUnsyncedWritesAreLost) {
  constexpr std::uint64_t kRounds = 20;
  std::size_t acknowledged = 0;
  for (std::uint64_t seed = 1; seed <= kRounds; ++seed) {
    ASSERT_TRUE(SurvivesAPowerFailure(seed, /*is_unsafe=*/false, &acknowledged)) << "seed " << seed;
  }
  EXPECT_GT(acknowledged, 5 * kRounds) << "killed too early to say anything";
}

TEST(PowerFailureTest, TheTestNoticesADatabaseThatDoesNotSync) {
  std::size_t acknowledged = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    if (!SurvivesAPowerFailure(seed, /*is_unsafe=*/true, &acknowledged)) return;
  }
  FAIL() << "nothing was lost without syncing: the test could not find anything";
}

TEST(DiskFullTest, WritingGoesOnWithoutARestartWhenThereIsRoomAgain) {
  const ScratchFolder folder;
  sql_testing::RegisterFaultVfs({});
  std::set<std::int64_t> acknowledged;
  {
    StoreRig rig(FaultyOptions(folder));
    std::int64_t number = 0;
    for (int round = 0; round < 5; ++round) {
      sql_testing::SetFaultPlan(ParseFaultPlan("full:100000"));
      int refused = 0;
      for (int i = 0; i < 100; ++i, ++number) {
        try {
          rig.writer->Run(1, [&](Batch& batch) { AddNote(batch, TextOf(number)); });
          acknowledged.insert(number);
        } catch (const SqlError& error) {
          EXPECT_EQ(error.cause(), SqlError::Cause::kDiskFull) << error.what();
          ++refused;
        }
      }
      EXPECT_GT(refused, 0);
      EXPECT_EQ(rig.CountNotes(), static_cast<std::int64_t>(acknowledged.size()));
      sql_testing::SetFaultPlan({});
      EXPECT_NO_THROW(rig.writer->Run(1, [&](Batch& batch) { AddNote(batch, TextOf(number)); }));
      acknowledged.insert(number++);
    }
  }
  EXPECT_TRUE(KeepsThePromise(folder, acknowledged));
}

}  // namespace
}  // namespace outpost::sql
