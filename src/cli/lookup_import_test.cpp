#include "cli/lookup_import.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/log.h"
#include "base/problem.h"
#include "cli/admin_client.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::cli {
namespace {

using boost::json::object;

TEST(LookupColumns, SayWhatACellIs) {
  const auto columns = ReadLookupColumns(
      {"id", "name[lang=en]", " name[lang=fr] ", "@code", "user:", "group:", "location:"});
  const auto defined = LookupDefinition(columns, {"id"});
  EXPECT_EQ(
      boost::json::serialize(defined),
      R"({"fields":[{"name":"id","attributes":[],"indexed":true},)"
      R"({"name":"name","attributes":["lang"],"indexed":false}],"item_attributes":["code"]})");
  const auto row = LookupRowOf(columns, {"7", "one", "", "c", "asha", "", "goa"}, 3);
  EXPECT_EQ(boost::json::serialize(row.at("values")),
            R"({"id":[{"value":"7"}],"name":[{"value":"one","attributes":{"lang":"en"}}]})");
  EXPECT_EQ(row.at("users").as_array().size(), 1U);
  EXPECT_EQ(row.at("groups").as_array().size(), 0U);
  EXPECT_EQ(row.at("locations").at(0), "goa");
  EXPECT_EQ(row.at("item_attributes").at("code"), "c");
  EXPECT_EQ(row.at("sort_key"), 3);
}

TEST(LookupColumns, ThatSayNothingClearAreRefused) {
  for (const auto* title : {"", "@", "[lang=en]", "name[lang]", "name[lang=en"}) {
    EXPECT_THROW(ReadLookupColumns({title}), Problem) << title;
  }
  EXPECT_THROW(LookupDefinition(ReadLookupColumns({"id"}), {"name"}), Problem);
}

/// Against a server of the test's own process.
class LookupImport : public testing::Test {
 protected:
  LookupImport() {
    SetLogLevel(LogLevel::kWarning);
    CallServer(folder_.path() / "data", "project.create", R"({"name": "demo"})");
    question_.data = folder_.path() / "data";
    question_.arguments = {{"project", "demo"}, {"tag", "city"}, {"global", true}};
  }
  object Import(const std::string& text) {
    std::istringstream in(text);
    return ImportLookupTable(question_, in, {"id"});
  }
  std::size_t Rows() {
    const auto answer =
        Ask(question_, "lookup.rows", {{"project", "demo"}, {"tag", "city"}, {"limit", 1'000}});
    return answer.at("rows").as_array().size();
  }

  sql_testing::ScratchFolder folder_;
  Question question_;
};

TEST_F(LookupImport, ReplacesTheRowsWhenTheFileWasReadWhole) {
  EXPECT_EQ(Import("id,name\n1,Goa\n2,Kochi\n").at("rows"), 2);
  EXPECT_EQ(Rows(), 2U);
  EXPECT_THROW(Import("id,name\n1,Goa,more\n"), Problem);
  EXPECT_THROW(Import("id,name\n1,\"Goa\n"), Problem);
  EXPECT_THROW(Import(""), Problem);
  EXPECT_EQ(Rows(), 2U) << "the table in use stays";
  EXPECT_EQ(Import("id,name\n1,Goa\n").at("rows"), 1);
  EXPECT_EQ(Rows(), 1U);
}

TEST_F(LookupImport, ALongFileGoesInParts) {
  std::string text = "id,name\n";
  for (int i = 0; i < 900; ++i) {
    text += std::to_string(i) + "," + std::string(200, 'x') + "\n";
  }
  EXPECT_EQ(Import(text).at("rows"), 900);
  EXPECT_EQ(Rows(), 900U);
}

}  // namespace
}  // namespace outpost::cli
