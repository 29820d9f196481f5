#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "store/sql/detail/sqlite_connection.h"
#include "store/sql/detail/sqlite_database.h"
#include "store/sql/testing/scratch_folder.h"
#include "store/sql/testing/store_rig.h"

// SQLite up to 3.51.2 can lose commits when a connection checkpoints while another commits. Only
// the writer may ever change or remove the write-ahead log (style 4.3, rule 1 and 9).
namespace outpost::sql {
namespace {

using detail::SqliteConnection;
using sql_testing::AddNote;
using sql_testing::ScratchFolder;
using sql_testing::StoreRig;

/// Content of the log. Reading it by other means is harmless: SQLite's locks are not on this file.
std::string LogOf(const std::string& database) {
  std::ifstream file(database + "-wal", std::ios::binary);
  if (!file) return "no such file";
  return {std::istreambuf_iterator<char>(file), {}};
}

enum Kind : std::size_t { kWriter, kReader, kOtherReader, kKinds };

void UseReader(Connection& reader) {
  const auto rows = reader.Query("SELECT COUNT(*) FROM notes");
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Int(0), 20);
}

TEST(LogFileTest, NoConnectionChangesTheLogByClosingInWhateverOrder) {
  std::array<std::size_t, kKinds> order = {kWriter, kReader, kOtherReader};
  do {
    const ScratchFolder folder;
    const std::string path = folder.path() / "outpost.db";
    std::array<std::unique_ptr<SqliteConnection>, kKinds> open;
    open[kWriter] = std::make_unique<SqliteConnection>(detail::SqliteOpening{path, "", 1024, true});
    open[kWriter]->Execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)");
    for (const auto kind : {kReader, kOtherReader}) {
      open[kind] = std::make_unique<SqliteConnection>(detail::SqliteOpening{path, "", 1024, false});
    }
    for (std::int64_t i = 0; i < 20; ++i) {
      open[kWriter]->Execute("INSERT INTO notes (id, text) VALUES ($1, 'x')", {i});
    }
    const auto log = LogOf(path);
    ASSERT_GT(log.size(), 4'096U);
    UseReader(*open[kReader]);
    UseReader(*open[kOtherReader]);
    EXPECT_THROW(open[kReader]->Query("PRAGMA wal_checkpoint(TRUNCATE)")->Next(), SqlError);
    for (const auto kind : order) {
      open[kind].reset();
      EXPECT_TRUE(LogOf(path) == log) << "changed when connection " << kind << " closed";
    }
    SqliteConnection again(detail::SqliteOpening{path, "", 1024, true});
    UseReader(again);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(LogFileTest, ReadersThatComeAfterTheWriterLeaveTheLogAlone) {
  const ScratchFolder folder;
  const std::string path = folder.path() / "outpost.db";
  StoreRig rig({path});
  for (int i = 0; i < 20; ++i) {
    rig.writer->Run(1, [&](Batch& batch) { AddNote(batch, std::to_string(i)); });
  }
  const auto log = LogOf(path);
  for (int i = 0; i < 3; ++i) {
    SqliteConnection reader(detail::SqliteOpening{path, "", 1024, false});
    UseReader(reader);
  }
  EXPECT_EQ(rig.database->IntegrityProblems(), "");
  EXPECT_TRUE(LogOf(path) == log);
}

TEST(LogFileTest, ACheckpointComesWhenEnoughHasGatheredAndIsAnnounced) {
  const ScratchFolder folder;
  DatabaseOptions options{folder.path() / "outpost.db"};
  options.checkpoint_frames = 50;
  const auto database = Database::Open(options);
  int announced = 0;
  std::int64_t frames = 0;
  database->OnCheckpoint([&](const CheckpointAhead& ahead) {
    ++announced;
    frames = ahead.frames;
    EXPECT_EQ(ahead.wal_path, options.location + "-wal");
    EXPECT_TRUE(std::filesystem::exists(ahead.wal_path));
  });
  auto connection = database->TakeWritingConnection();
  connection->Execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)");
  auto& sqlite = static_cast<SqliteConnection&>(*connection);
  std::int64_t id = 0;
  while (announced == 0 && id < 1'000) {
    connection->Execute("INSERT INTO notes (id, text) VALUES ($1, $2)",
                        {++id, std::string(3'000, 'x')});
    const auto before = sqlite.wal_frames();
    database->CheckpointIfDue(*connection);
    EXPECT_EQ(announced == 1, before >= 50) << before;
  }
  EXPECT_GE(frames, 50);
  // What was checkpointed is overwritten from the beginning.
  connection->Execute("INSERT INTO notes (id, text) VALUES ($1, 'x')", {++id});
  EXPECT_LT(sqlite.wal_frames(), 50);
}

TEST(LogFileTest, ACheckpointIsPostponedWhenTheLogCouldNotBeShipped) {
  const ScratchFolder folder;
  const std::string path = folder.path() / "outpost.db";
  const auto database = Database::Open({path});
  auto connection = database->TakeWritingConnection();
  const auto log = LogOf(path);
  database->OnCheckpoint([](const CheckpointAhead&) { throw std::runtime_error("no room"); });
  database->CheckpointNow(*connection);
  EXPECT_TRUE(LogOf(path) == log);
  database->OnCheckpoint({});
  database->CheckpointNow(*connection);
  EXPECT_EQ(LogOf(path), "");
}

}  // namespace
}  // namespace outpost::sql
