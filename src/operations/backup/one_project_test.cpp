#include "operations/backup/one_project.h"

#include <gtest/gtest.h>

#include <string>

#include "base/problem.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::backup {
namespace {

class OneProjectTest : public ::testing::Test {
 protected:
  OneProjectTest()
      : database_(sql::Database::Open({(folder_.path() / "outpost.db").string()})),
        writing_(database_->TakeWritingConnection()) {
    AddProject(1, "kept");
    AddProject(2, "other");
  }

  void AddProject(std::int64_t row, const std::string& name) {
    const auto columns = writing_->Query("SELECT name FROM pragma_table_info('projects')");
    std::string names, values;
    while (columns->Next()) {
      const auto column = columns->String(0);
      names += (names.empty() ? "" : ", ") + column;
      values += values.empty() ? "" : ", ";
      values += column == "id" ? std::to_string(row) : (column == "name" ? "'" + name + "'" : "''");
    }
    writing_->Execute("INSERT INTO projects (" + names + ") VALUES (" + values + ")");
  }
  void AddAccount(std::int64_t row, std::int64_t project, bool is_superuser = false) {
    writing_->Execute(
        "INSERT INTO accounts (id, user_id, username, kind, project, password, auth_version, "
        "state, is_superuser, is_practice, created_on, last_login, profile) VALUES ($1, $2, $2, "
        "'web', $3, '', 1, 'active', $4, 0, 0, 0, '')",
        {row, "user-" + std::to_string(row), project, std::int64_t{is_superuser}});
  }
  void AddMember(std::int64_t account, std::int64_t project) {
    writing_->Execute(
        "INSERT INTO memberships (account, project, role, is_admin, is_active, user_data) VALUES "
        "($1, $2, 0, 0, 1, '')",
        {account, project});
  }
  std::string Column(const std::string& sql) {
    std::string all;
    const auto rows = writing_->Query(sql);
    while (rows->Next()) all += rows->String(0) + " ";
    return all;
  }

  sql_testing::ScratchFolder folder_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> writing_;
};

TEST_F(OneProjectTest, EveryTableOfTheSchemaIsThoughtOf) {
  EXPECT_NO_THROW(KeepOneProject(*writing_, "kept"));
  EXPECT_EQ(Column("SELECT name FROM projects"), "kept ");
}

TEST_F(OneProjectTest, ATableThatNobodyThoughtOfIsRefused) {
  writing_->Execute("CREATE TABLE secrets (id INTEGER PRIMARY KEY, text TEXT)");
  EXPECT_THROW(KeepOneProject(*writing_, "kept"), Problem);
  EXPECT_EQ(Column("SELECT name FROM projects ORDER BY id"), "kept other ");
}

TEST_F(OneProjectTest, PeopleStayWhoBelongToIt) {
  AddAccount(1, 1);
  AddAccount(2, 2);
  AddAccount(3, 0);
  AddMember(3, 1);
  AddAccount(4, 0);
  AddMember(4, 2);
  AddAccount(5, 0, true);
  AddAccount(6, 0);
  AddMember(6, 1);
  AddMember(6, 2);
  KeepOneProject(*writing_, "kept");
  EXPECT_EQ(Column("SELECT id FROM accounts ORDER BY id"), "1 3 5 6 ");
  EXPECT_EQ(Column("SELECT account FROM memberships ORDER BY account"), "3 6 ");
}

TEST_F(OneProjectTest, FilesOfNobodyGo) {
  writing_->Execute("INSERT INTO blobs (id, length, bytes) VALUES ('b-1', 1, 'x')");
  KeepOneProject(*writing_, "kept");
  EXPECT_EQ(Column("SELECT id FROM blobs"), "");
}

TEST_F(OneProjectTest, AProjectThatWasNotThereIsTold) {
  EXPECT_THROW(KeepOneProject(*writing_, "absent"), Problem);
}

}  // namespace
}  // namespace outpost::backup
