#include "store/sql/connection.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/problem.h"
#include "store/sql/testing/scratch_database.h"
#include "store/sql/testing/store_rig.h"

namespace outpost::sql {
namespace {

using sql_testing::ScratchDatabase;
using sql_testing::StoreRig;

class ConnectionTest : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!place_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    database_ = Database::Open({place_.location()});
    writing_ = database_->TakeWritingConnection();
    writing_->Begin();
    writing_->Execute(DdlFor(GetParam(),
                             "CREATE TABLE things (id {id}, name {text} UNIQUE, body {bytes}, "
                             "size {int})"));
    writing_->Commit();
  }
  void TearDown() override { writing_.reset(); }

  ScratchDatabase place_{GetParam()};
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> writing_;
};

TEST_P(ConnectionTest, ValuesComeBackAsTheyWereBound) {
  const std::string bytes("\0\x01\xff\\x00'", 8);
  writing_->Begin();
  writing_->Execute("INSERT INTO things (id, name, body, size) VALUES ($1, $2, $3, $4)",
                    {INT64_MIN, "näme'\"", Bytes{bytes}, INT64_MAX});
  writing_->Execute("INSERT INTO things (id, name, body, size) VALUES ($1, $2, $3, $4)",
                    {2, {}, {}, {}});
  writing_->Execute("INSERT INTO things (id, name, body, size) VALUES ($1, $2, $3, $4)",
                    {3, "", Bytes{""}, 0});
  writing_->Commit();
  const auto reader = database_->Read();
  const auto rows = reader->Query("SELECT id, name, body, size FROM things ORDER BY id");
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Int(0), INT64_MIN);
  EXPECT_EQ(rows->Text(1), "näme'\"");
  EXPECT_EQ(rows->Blob(2), bytes);
  EXPECT_EQ(rows->Int(3), INT64_MAX);
  ASSERT_TRUE(rows->Next());
  for (const int column : {1, 2, 3}) EXPECT_TRUE(rows->IsNull(column)) << column;
  EXPECT_EQ(rows->Text(1), "");
  EXPECT_EQ(rows->Int(3), 0);
  ASSERT_TRUE(rows->Next());
  for (const int column : {1, 2, 3}) EXPECT_FALSE(rows->IsNull(column)) << column;
  EXPECT_FALSE(rows->Next());
}

TEST_P(ConnectionTest, ManyRowsOfATransactionAreWrittenAsOneByOne) {
  // On PostgreSQL they are gathered: in statements of 16, 16, 8, 4 and 1 rows for 45 of them.
  const auto write = [&](std::int64_t id) {
    const auto name = "row " + std::to_string(id);
    writing_->Execute("INSERT INTO things (id, name, body, size) VALUES ($1, $2, $3, $4)",
                      {id, name, id % 3 == 0 ? Param{} : Param{Bytes{name}}, -id});
  };
  for (const std::int64_t count : {1, 45, 300}) {
    writing_->Begin();
    for (std::int64_t id = 1; id <= count; ++id) {
      write(id);
      if (id % 10 == 0) writing_->Execute("INSERT INTO things (id) VALUES ($1)", {10'000 + id});
    }
    // What comes after an insert sees it.
    EXPECT_EQ(writing_->ExecuteCounted("UPDATE things SET size = 7 WHERE id = $1", {count}), 1);
    {
      const auto rows =
          writing_->Query("SELECT id, name, body, size FROM things WHERE id <= 10000 ORDER BY id");
      for (std::int64_t id = 1; id <= count; ++id) {
        ASSERT_TRUE(rows->Next()) << id << " of " << count;
        EXPECT_EQ(rows->Int(0), id);
        EXPECT_EQ(rows->Text(1), "row " + std::to_string(id));
        EXPECT_EQ(rows->IsNull(2), id % 3 == 0);
        EXPECT_EQ(rows->Blob(2), id % 3 == 0 ? "" : rows->Text(1));
        EXPECT_EQ(rows->Int(3), id == count ? 7 : -id);
      }
      EXPECT_FALSE(rows->Next());
    }
    writing_->Rollback();
    EXPECT_FALSE(writing_->Query("SELECT 1 FROM things")->Next());
  }
}

TEST_P(ConnectionTest, AGatheredRowThatIsRefusedEndsItsTransactionOnly) {
  const auto write = [&](std::int64_t id) {
    writing_->Execute("INSERT INTO things (id) VALUES ($1)", {id});
  };
  writing_->Begin();
  try {
    for (const int id : {1, 2, 3, 2, 4}) write(id);
    writing_->Commit();
    FAIL() << "the id is there twice";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.cause(), SqlError::Cause::kConstraint);
  }
  writing_->Rollback();
  writing_->Begin();
  write(2);
  writing_->Commit();
  const auto reader = database_->Read();
  const auto rows = reader->Query("SELECT COUNT(*) FROM things");
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Int(0), 1);
}

TEST_P(ConnectionTest, AGatheredRowGoesBeforeAnythingElseThatIsExecuted) {
  writing_->Begin();
  writing_->Execute("INSERT INTO things (id, size) VALUES ($1, $2)", {1, 1});
  writing_->Execute("DELETE FROM things WHERE id = $1", {1});
  writing_->Execute("INSERT INTO things (id, size) VALUES ($1, $2)", {1, 2});
  writing_->Execute("UPDATE things SET size = size + $1 WHERE id = 1", {10});
  writing_->Commit();
  const auto reader = database_->Read();
  const auto rows = reader->Query("SELECT size FROM things");
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Int(0), 12);
  EXPECT_FALSE(rows->Next());
}

TEST_P(ConnectionTest, ParametersMayAppearInAnyOrderAndTwice) {
  const auto rows = writing_->Query(
      "SELECT CAST($2 AS BIGINT) - CAST($1 AS BIGINT), CAST($2 AS BIGINT)", {3, 10});
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Int(0), 7);
  EXPECT_EQ(rows->Text(1), "10");
}

TEST_P(ConnectionTest, TextIsOrderedByItsBytesOnBothEngines) {
  writing_->Begin();
  std::int64_t id = 0;
  for (const auto* name : {"b", "B", "a", "ä", "Z", "_"}) {
    writing_->Execute("INSERT INTO things (id, name) VALUES ($1, $2)", {++id, name});
  }
  writing_->Commit();
  std::string order;
  const auto rows = writing_->Query("SELECT name FROM things WHERE name >= $1 ORDER BY name", {""});
  while (rows->Next()) order += rows->Text(0);
  EXPECT_EQ(order, "BZ_abä");
}

TEST_P(ConnectionTest, QueryEachAnswersEverySetUnderItsNumber) {
  writing_->Begin();
  for (std::int64_t id = 1; id <= 300; ++id) {
    writing_->Execute("INSERT INTO things (id, size) VALUES ($1, $2)", {id, id % 7});
  }
  writing_->Commit();
  std::vector<std::vector<Param>> sets;
  for (std::int64_t id = 0; id <= 301; ++id) sets.push_back({id});
  std::vector<int> seen(sets.size());
  writing_->QueryEach("SELECT id, size FROM things WHERE id = $1", sets,
                      [&](std::size_t index, const Rows& row) {
                        EXPECT_EQ(row.Int(0), static_cast<std::int64_t>(index));
                        ++seen[index];
                      });
  EXPECT_EQ(seen[0] + seen[301], 0);
  for (std::size_t i = 1; i <= 300; ++i) EXPECT_EQ(seen[i], 1);
}

TEST_P(ConnectionTest, CountsWhatAStatementChanged) {
  writing_->Begin();
  writing_->Execute("INSERT INTO things (id, size) VALUES (1, 5), (2, 5), (3, 6)");
  EXPECT_EQ(writing_->ExecuteCounted("UPDATE things SET size = 7 WHERE size = $1", {5}), 2);
  EXPECT_EQ(writing_->ExecuteCounted("UPDATE things SET size = 7 WHERE size = $1", {5}), 0);
  EXPECT_EQ(writing_->ExecuteCounted("DELETE FROM things"), 3);
  writing_->Commit();
}

TEST_P(ConnectionTest, SumsOfManyRowsAreIntegers) {
  writing_->Execute("INSERT INTO things (id, size) VALUES (1, 1234567890123), (2, -3), (3, 30000)");
  const auto rows =
      writing_->Query("SELECT SUM(size), SUM(-size), COUNT(*), MAX(size) FROM things");
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Int(0), 1'234'567'920'120);
  EXPECT_EQ(rows->Int(1), -1'234'567'920'120);
  EXPECT_EQ(rows->Int(2), 3);
  EXPECT_EQ(rows->Int(3), 1'234'567'890'123);
}

TEST_P(ConnectionTest, AViolatedConstraintIsToldApartAndTheConnectionStaysUsable) {
  writing_->Execute("INSERT INTO things (id, name) VALUES (1, 'one')");
  try {
    writing_->Begin();
    writing_->Execute("INSERT INTO things (id, name) VALUES (2, 'one')");
    writing_->Commit();
    FAIL() << "the second 'one' was accepted";
  } catch (const SqlError& error) {
    EXPECT_EQ(error.cause(), SqlError::Cause::kConstraint) << error.what();
    writing_->Rollback();
  }
  writing_->Begin();
  writing_->Execute("INSERT INTO things (id, name) VALUES (2, 'two')");
  writing_->Commit();
  const auto rows = database_->Read()->Query("SELECT COUNT(*) FROM things");
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Int(0), 2);
}

TEST_P(ConnectionTest, TheSameQueryMayBeOpenTwice) {
  writing_->Execute("INSERT INTO things (id) VALUES (1), (2)");
  const auto outer = writing_->Query("SELECT id FROM things ORDER BY id");
  int pairs = 0;
  while (outer->Next()) {
    const auto inner = writing_->Query("SELECT id FROM things ORDER BY id");
    while (inner->Next()) ++pairs;
  }
  EXPECT_EQ(pairs, 4);
}

TEST_P(ConnectionTest, AReaderCannotWrite) {
  const auto reader = database_->Read();
  EXPECT_THROW(reader->Execute("DELETE FROM things"), SqlError);
}

TEST_P(ConnectionTest, ATransactionOfAReaderSeesOneState) {
  const auto count = [](Connection& connection) {
    const auto rows = connection.Query("SELECT COUNT(*) FROM things");
    rows->Next();
    return rows->Int(0);
  };
  const auto reader = database_->Read();
  reader->Begin();
  EXPECT_EQ(count(*reader), 0);
  writing_->Execute("INSERT INTO things (id) VALUES (1)");
  EXPECT_EQ(count(*reader), 0);
  reader->Rollback();
  EXPECT_EQ(count(*reader), 1);
}

TEST_P(ConnectionTest, AWrongNumberOfValuesIsRefused) {
  EXPECT_THROW(writing_->Query("SELECT 1 FROM things WHERE id = $1", {1, 2}), SqlError);
  EXPECT_THROW(writing_->Query("SELECT 1 FROM things WHERE id = $1"), SqlError);
  EXPECT_NO_THROW(writing_->Query("SELECT 1 FROM things WHERE id = $1", {1}));
}

INSTANTIATE_TEST_SUITE_P(Engines, ConnectionTest,
                         testing::Values(Engine::kSqlite, Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

}  // namespace
}  // namespace outpost::sql
