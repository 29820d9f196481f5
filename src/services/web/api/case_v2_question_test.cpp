#include "services/web/api/case_v2_question.h"

#include <gtest/gtest.h>

#include "base/problem.h"

namespace outpost::web {
namespace {

std::string Told(const QueryParameters& query) {
  try {
    ReadCaseV2Question(query);
  } catch (const Problem& problem) {
    return problem.told();
  }
  return "nothing";
}

TEST(CaseV2QuestionTest, RefusalsAreInTheWordsThatClientsKnow) {
  EXPECT_EQ(Told({{"typ", "x"}}), "'typ' is not a valid parameter.");
  EXPECT_EQ(Told({{"indexed_on.ge", "2024-01-01"}}), "'indexed_on.ge' is not a valid parameter.");
  EXPECT_EQ(Told({{"properties.", "x"}}), "'properties.' is not a valid parameter.");
  EXPECT_EQ(Told({{"last_modified.gte", "soon"}}), "Cannot parse datetime 'soon'");
  EXPECT_EQ(Told({{"indexed_on.lt", "2024-02-30"}}), "Cannot parse datetime '2024-02-30'");
  EXPECT_EQ(Told({{"limit", "5000"}}), "nothing");
  EXPECT_NE(Told({{"limit", "5001"}}), "nothing");
  EXPECT_NE(Told({{"limit", "0"}}), "nothing");
  EXPECT_TRUE(Told({{"query", "name = 'x'"}}).starts_with("Bad query: "));
  EXPECT_EQ(Told({{"query", ""}}), "nothing");
}

TEST(CaseV2QuestionTest, ABareDateCountsToItsEndAfterGtAndLte) {
  const auto range = [](const char* name) {
    return ReadCaseV2Question({{name, "2024-01-05"}}).selection.ranges.front();
  };
  const auto first = *ParseDateTime("2024-01-05T00:00:00Z");
  const auto next = *ParseDateTime("2024-01-06T00:00:00Z");
  EXPECT_EQ(range("indexed_on.gte").from, first);
  EXPECT_EQ(range("indexed_on.gt").from, next);
  EXPECT_EQ(range("indexed_on.lt").to, first + -1);
  EXPECT_EQ(range("indexed_on.lte").to, next + -1);
}

TEST(CaseV2QuestionTest, AnEmptyPropertyIsUnsetOrEmpty) {
  const auto question = ReadCaseV2Question({{"properties.state", ""}, {"properties.age", "3"}});
  cases::Case c;
  c.properties["age"] = {"3", false};
  EXPECT_TRUE(HasProperties(c, question.properties));
  c.properties["state"] = {"", false};
  EXPECT_TRUE(HasProperties(c, question.properties));
  c.properties["state"] = {"bihar", false};
  EXPECT_FALSE(HasProperties(c, question.properties));
}

TEST(CaseV2QuestionTest, RepeatedValuesAreAlternatives) {
  const auto question = ReadCaseV2Question({{"owner_id", "a"}, {"owner_id", "b"}});
  ASSERT_EQ(question.selection.equals.size(), 1);
  EXPECT_EQ(question.selection.equals.front().any_of, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(ReadCaseV2Question({{"closed", ""}}).selection.is_closed, std::optional(false));
  EXPECT_EQ(ReadCaseV2Question({{"closed", "yes"}}).selection.is_closed, std::optional(true));
  EXPECT_EQ(ReadCaseV2Question({{"closed", "n"}, {"closed", "1"}}).selection.is_closed,
            std::nullopt);
}

TEST(CaseV2CursorTest, ACursorHoldsTheWholeQuestion) {
  const CaseV2Cursor cursor{{{"owner_id", "a&b=c"}, {"fields", ""}, {"name", "Zoë"}}, {-5}};
  const auto read = ReadCursor(WriteCursor(cursor));
  EXPECT_EQ(read.query, cursor.query);
  EXPECT_EQ(read.after.micros, -5);
}

TEST(CaseV2CursorTest, WhatNobodyWroteIsRefused) {
  for (const char* bad : {"", "x", "====", "bm90IGEgbnVtYmVy", "MTIzJmFiYw=="}) {
    EXPECT_THROW(ReadCursor(bad), Problem) << bad;
  }
}

}  // namespace
}  // namespace outpost::web
