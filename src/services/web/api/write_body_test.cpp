#include "services/web/api/write_body.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/problem.h"

namespace outpost::web {
namespace {

boost::json::object Sent(const char* text) { return boost::json::parse(text).as_object(); }

template <class Read>
std::string Refusal(Read read) {
  try {
    read();
  } catch (const Problem& problem) {
    return problem.told();
  }
  return "";
}

TEST(WriteBody, WhatIsNotThereOrNullIsNothing) {
  const auto from = Sent(R"({"empty": null})");
  for (const auto* key : {"empty", "missing"}) {
    EXPECT_FALSE(SentText(from, key));
    EXPECT_FALSE(SentFlag(from, key));
    EXPECT_FALSE(SentNumber(from, key));
    EXPECT_FALSE(SentTextList(from, key));
    EXPECT_FALSE(SentTextMap(from, key));
    EXPECT_EQ(SentList(from, key), nullptr);
    EXPECT_EQ(SentObject(from, key), nullptr);
  }
}

TEST(WriteBody, FieldsOfTheRightKindComeAsTheyAre) {
  const auto from = Sent(R"({"t": "a", "f": false, "n": -3, "l": ["x", "y"],
                             "m": {"a": "b", "c": 7, "d": true, "e": null}})");
  EXPECT_EQ(SentText(from, "t"), "a");
  EXPECT_EQ(SentFlag(from, "f"), false);
  EXPECT_EQ(SentNumber(from, "n"), -3);
  EXPECT_EQ(SentTextList(from, "l"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(SentTextMap(from, "m"),
            (std::map<std::string, std::string>{{"a", "b"}, {"c", "7"}, {"d", "true"}, {"e", ""}}));
}

TEST(WriteBody, NumbersAreTextsOnlyWhereThatIsSaid) {
  const auto from = Sent(R"({"latitude": -1, "longitude": 36.8219})");
  EXPECT_EQ(SentText(from, "latitude", true), "-1");
  EXPECT_EQ(SentText(from, "longitude", true), "36.8219");
  EXPECT_EQ(Refusal([&] { SentText(from, "latitude"); }), "'latitude' must be a text.");
}

TEST(WriteBody, AnotherKindIsRefusedByName) {
  const auto from = Sent(R"({"o": {"a": {}}, "l": [1], "t": "x"})");
  EXPECT_EQ(Refusal([&] { SentFlag(from, "t"); }), "'t' must be true or false.");
  EXPECT_EQ(Refusal([&] { SentNumber(from, "t"); }), "'t' must be a whole number.");
  EXPECT_EQ(Refusal([&] { SentTextList(from, "t"); }), "'t' must be a list.");
  EXPECT_EQ(Refusal([&] { SentTextList(from, "l"); }), "'l' must be a list of texts.");
  EXPECT_EQ(Refusal([&] { SentTextMap(from, "o"); }), "'o' must be an object of texts.");
  EXPECT_EQ(Refusal([&] { SentObject(from, "l"); }), "'l' must be an object.");
}

}  // namespace
}  // namespace outpost::web
