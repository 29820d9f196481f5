#include "store/sql/database.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/problem.h"
#include "store/sql/testing/scratch_database.h"
#include "store/sql/testing/store_rig.h"

namespace outpost::sql {
namespace {

using sql_testing::AddNote;
using sql_testing::ScratchDatabase;
using sql_testing::StoreRig;

class DatabaseTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!place_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
  }
  ScratchDatabase place_{GetParam()};
};

TEST_P(DatabaseTest, HashesStayTheSameOverARestartAndDifferByProject) {
  const std::string long_id(1'000, 'x');
  std::int64_t hash = 0;
  std::int64_t long_hash = 0;
  {
    const auto database = Database::Open({place_.location()});
    hash = database->HashOf(1, "form-1");
    long_hash = database->HashOf(1, long_id);
    EXPECT_NE(hash, database->HashOf(2, "form-1"));
    EXPECT_NE(hash, database->HashOf(1, "form-2"));
  }
  const auto database = Database::Open({place_.location()});
  EXPECT_EQ(database->HashOf(1, "form-1"), hash);
  EXPECT_EQ(database->HashOf(1, long_id), long_hash);
}

TEST_P(DatabaseTest, AStepOfANewerReleaseIsTolerated) {
  {
    StoreRig rig({place_.location()});
    rig.writer->Run(0, [](Batch& batch) {
      batch.connection().Execute(
          "INSERT INTO schema_steps (number, name, applied_on) VALUES (9999, 'future', 0)");
    });
  }
  EXPECT_NO_THROW(Database::Open({place_.location()}));
}

TEST_P(DatabaseTest, ADatabaseThatRefusesOlderReleasesIsNotOpened) {
  {
    StoreRig rig({place_.location()});
    rig.writer->Run(0, [](Batch& batch) {
      batch.connection().Execute(
          "INSERT INTO meta (name, value) VALUES ('oldest_step_allowed', '9999')");
    });
  }
  EXPECT_THROW(Database::Open({place_.location()}), Problem);
}

TEST_P(DatabaseTest, PositionsGoOnAfterARestart) {
  Stamp last;
  {
    StoreRig rig({place_.location()});
    rig.writer->Run(1, [&](Batch& batch) { last = AddNote(batch, "one"); });
  }
  StoreRig rig({place_.location()});
  EXPECT_EQ(rig.writer->committed_seq(), last.seq);
  Stamp next;
  rig.writer->Run(1, [&](Batch& batch) { next = AddNote(batch, "two"); });
  EXPECT_EQ(next.seq, last.seq + 1);
  EXPECT_GT(next.at, last.at);
}

TEST_P(DatabaseTest, ASoundDatabaseHasNoIntegrityProblems) {
  StoreRig rig({place_.location()});
  rig.writer->Run(1, [](Batch& batch) { AddNote(batch, "one"); });
  EXPECT_EQ(rig.database->IntegrityProblems(), "");
}

TEST_P(DatabaseTest, AReaderIsWaitedForAndComesBack) {
  DatabaseOptions options{place_.location()};
  options.readers_max = 1;
  const auto database = Database::Open(options);
  for (int i = 0; i < 3; ++i) {
    const auto reader = database->Read();
    EXPECT_TRUE(reader->Query("SELECT 1")->Next());
  }
}

constexpr SideSchema kSide{"side", 1, "CREATE TABLE things (id {id}, text {text} NOT NULL);"};
constexpr SideSchema kOtherSide{"side", 2, "CREATE TABLE things (id {id}, n {int} NOT NULL);"};

class SideDatabaseTest : public DatabaseTest {
 protected:
  DatabaseOptions Options() const {
    const bool is_sqlite = GetParam() == Engine::kSqlite;
    return {is_sqlite ? (place_.folder() / "side.db").string() : place_.location()};
  }
};

TEST_P(SideDatabaseTest, ASideDatabaseKeepsWhatWasWritten) {
  std::int64_t hash = 0;
  {
    const auto side = Database::OpenBeside(Options(), kSide);
    hash = side->HashOf(1, "x");
    const auto writing = side->TakeWritingConnection();
    writing->Execute("INSERT INTO things (id, text) VALUES (1, 'kept')");
  }
  const auto side = Database::OpenBeside(Options(), kSide);
  EXPECT_EQ(side->HashOf(1, "x"), hash);
  const auto lease = side->Read();
  const auto rows = lease->Query("SELECT text FROM things");
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Text(0), "kept");
}

TEST_P(SideDatabaseTest, OneOfAnotherVersionIsBegunAnewAndThePrimaryIsLeftAlone) {
  StoreRig rig({place_.location()});
  rig.writer->Run(0, [](Batch& batch) { AddNote(batch, "mine"); });
  { Database::OpenBeside(Options(), kSide); }
  const auto side = Database::OpenBeside(Options(), kOtherSide);
  const auto lease = side->Read();
  EXPECT_FALSE(lease->Query("SELECT n FROM things")->Next());
  EXPECT_EQ(rig.CountNotes(), 1);
}

TEST_P(SideDatabaseTest, OneThatWasInUseWhenTheMachineStoppedIsBegunAnew) {
  if (GetParam() != Engine::kSqlite) GTEST_SKIP() << "PostgreSQL forces its own files to the disk";
  const auto rows_after = [&](const char* used_in, bool is_left_whole) {
    {
      const auto side = Database::OpenBeside(Options(), kSide);
      const auto writing = side->TakeWritingConnection();
      writing->Execute("DELETE FROM things");
      writing->Execute("INSERT INTO things (id, text) VALUES (1, 'kept')");
      if (used_in != nullptr) {
        writing->Execute("UPDATE meta SET value = $1 WHERE name = 'used_in'",
                         {std::string_view(used_in)});
      }
      if (is_left_whole) LeaveWhole(*writing);
    }
    const auto side = Database::OpenBeside(Options(), kSide);
    return side->Read()->Query("SELECT id FROM things")->Next();
  };
  EXPECT_TRUE(rows_after(nullptr, false)) << "the process was killed, the machine went on";
  EXPECT_FALSE(rows_after("an earlier run", false));
  EXPECT_TRUE(rows_after("an earlier run", true)) << "stopped in order";
}

TEST_P(SideDatabaseTest, ADamagedFileIsBegunAnew) {
  if (GetParam() != Engine::kSqlite) GTEST_SKIP() << "a file of its own only on SQLite";
  { std::ofstream(Options().location) << std::string(10'000, 'x'); }
  const auto side = Database::OpenBeside(Options(), kSide);
  const auto lease = side->Read();
  EXPECT_FALSE(lease->Query("SELECT id FROM things")->Next());
}

std::string EngineName(const testing::TestParamInfo<Engine>& engine) {
  return sql_testing::NameOf(engine.param);
}
INSTANTIATE_TEST_SUITE_P(Engines, DatabaseTest,
                         testing::Values(Engine::kSqlite, Engine::kPostgresql), EngineName);
INSTANTIATE_TEST_SUITE_P(Engines, SideDatabaseTest,
                         testing::Values(Engine::kSqlite, Engine::kPostgresql), EngineName);

TEST(SqliteDatabaseTest, AFileThatIsNoDatabaseIsRefusedWithARemedy) {
  const sql_testing::ScratchFolder folder;
  std::ofstream(folder.path() / "outpost.db") << std::string(8'192, 'x');
  try {
    Database::Open({folder.path() / "outpost.db"});
    FAIL() << "opened";
  } catch (const Problem& problem) {
    EXPECT_NE(std::string(problem.told()).find("backup"), std::string::npos);
  }
}

TEST(PostgresqlDatabaseTest, AServerThatIsNotThereIsAProblemNotACrash) {
  EXPECT_THROW(Database::Open({"postgresql:///x?host=/nonexistent"}), Problem);
}

TEST(PostgresqlDatabaseTest, TheWriterAndReadersRecoverFromARestartOfTheServer) {
  auto* server = sql_testing::ScratchPostgresql::Shared();
  if (server == nullptr) GTEST_SKIP() << "no PostgreSQL on this machine";
  StoreRig rig({server->NewDatabase()});
  rig.writer->Run(1, [](Batch& batch) { AddNote(batch, "before"); });
  EXPECT_EQ(rig.CountNotes(), 1);
  server->Crash();
  try {
    rig.writer->Run(1, [](Batch& batch) { AddNote(batch, "while away"); });
    FAIL() << "written without a server";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.cause(), SqlError::Cause::kUnavailable) << error.what();
  }
  server->StartAgain();
  rig.writer->Run(1, [](Batch& batch) { AddNote(batch, "after"); });
  EXPECT_EQ(rig.CountNotes(), 2);
  EXPECT_EQ(rig.Number("SELECT MAX(id) FROM notes"), 2);
}

}  // namespace
}  // namespace outpost::sql
