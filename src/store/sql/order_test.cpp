#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "store/sql/testing/scratch_database.h"
#include "store/sql/testing/store_rig.h"

// Whoever follows the change log by position sees every change, in order, while it grows.
namespace outpost::sql {
namespace {

using sql_testing::AddNote;
using sql_testing::ScratchDatabase;
using sql_testing::StoreRig;

constexpr int kSubmitters = 16;
constexpr int kReaders = 8;
constexpr int kNotesEach = 60;
constexpr std::int64_t kNotes = kSubmitters * kNotesEach;

/// Follows to the last position. @returns what was out of order or missing, empty when nothing.
std::string Follow(Database& database) {
  const auto reader = database.Read();
  std::int64_t seq = 0;
  Instant at;
  const auto give_up = SteadyMicros() + 60 * kMicrosPerSecond;
  while (seq < kNotes) {
    if (SteadyMicros() > give_up) return "stuck after " + std::to_string(seq);
    const auto rows =
        reader->Query("SELECT seq, at FROM changes WHERE seq > $1 ORDER BY seq LIMIT 100", {seq});
    while (rows->Next()) {
      if (rows->Int(0) != seq + 1) {
        return std::to_string(rows->Int(0)) + " came after " + std::to_string(seq);
      }
      if (rows->Int(1) <= at.micros) return "the clock went back at " + std::to_string(seq);
      seq = rows->Int(0);
      at = {rows->Int(1)};
    }
  }
  return {};
}

void SubmitFrom(std::vector<Writer*> writers, std::atomic<int>& failures) {
  std::vector<std::thread> submitters;
  for (int thread = 0; thread < kSubmitters; ++thread) {
    auto* writer = writers[static_cast<std::size_t>(thread) % writers.size()];
    submitters.emplace_back([thread, writer, &failures] {
      for (int i = 0; i < kNotesEach; ++i) {
        try {
          writer->Run(thread, [&](Batch& batch) {
            AddNote(batch, std::to_string(thread) + "/" + std::to_string(i));
          });
        } catch (const std::exception& error) {
          ADD_FAILURE() << error.what();
          ++failures;
        }
      }
    });
  }
  for (auto& submitter : submitters) submitter.join();
}

void ExpectEveryReaderSeesAll(std::vector<StoreRig*> rigs) {
  std::vector<std::string> complaints(kReaders);
  std::vector<std::thread> readers;
  for (std::size_t i = 0; i < kReaders; ++i) {
    auto& database = *rigs[i % rigs.size()]->database;
    readers.emplace_back([&complaints, &database, i] { complaints[i] = Follow(database); });
  }
  std::vector<Writer*> writers;
  for (auto* rig : rigs) writers.push_back(rig->writer.get());
  std::atomic<int> failures = 0;
  SubmitFrom(writers, failures);
  for (auto& reader : readers) reader.join();
  for (const auto& complaint : complaints) EXPECT_EQ(complaint, "");
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(rigs[0]->CountNotes(), kNotes);
  EXPECT_EQ(rigs[0]->Number("SELECT seq FROM position"), kNotes);
}

class OrderTest : public testing::TestWithParam<Engine> {};

TEST_P(OrderTest, NoReaderMissesOrReordersAChange) {
  const ScratchDatabase place(GetParam());
  if (!place.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
  StoreRig rig({place.location()});
  ExpectEveryReaderSeesAll({&rig});
}

INSTANTIATE_TEST_SUITE_P(Engines, OrderTest, testing::Values(Engine::kSqlite, Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

TEST(OrderOfTwoProcessesTest, NoReaderMissesOrReordersAChange) {
  const ScratchDatabase place(Engine::kPostgresql);
  if (!place.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
  StoreRig one({place.location()});
  StoreRig two({place.location()});
  ExpectEveryReaderSeesAll({&one, &two});
}

}  // namespace
}  // namespace outpost::sql
