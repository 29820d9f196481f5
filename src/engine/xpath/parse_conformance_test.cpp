// Parse trees and static errors as the corpus has them (form-engine: xpath/parse.json).
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/xpath/parse.h"

namespace outpost::xpath {
namespace {

std::filesystem::path File() {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return std::filesystem::path(set != nullptr ? set : OUTPOST_CORPUS_DEFAULT) / "form-engine" /
         "xpath" / "parse.json";
}

std::string ReasonOf(ParseError::Reason reason) {
  switch (reason) {
    case ParseError::Reason::kSyntax:
      return "syntax";
    case ParseError::Reason::kArity:
      return "arity";
    case ParseError::Reason::kLimit:
      return "limit";
  }
  return {};
}

/// The reference marks the point inside the text; this parser quotes from there.
constexpr std::string_view kQuoting = "Couldn't understand";

void Compare(const boost::json::object& given) {
  const std::string text(given.at("expr").as_string());
  const auto* tree = given.if_contains("ast");
  try {
    const auto rendered = Render(Parse(text));
    ASSERT_NE(tree, nullptr) << text << " gives " << rendered;
    EXPECT_EQ(rendered, tree->as_string()) << text;
  } catch (const ParseError& error) {
    ASSERT_EQ(tree, nullptr) << text << " is refused: " << error.told();
    const auto& expected = given.at("expect").at("error").as_object();
    EXPECT_EQ(ReasonOf(error.reason()), expected.at("kind").as_string()) << text;
    const auto* message = expected.if_contains("message");
    if (message == nullptr) return;
    const std::string told(message->as_string());
    const auto length = told.starts_with(kQuoting) ? kQuoting.size() : told.size();
    EXPECT_EQ(std::string(error.told()).substr(0, length), told.substr(0, length)) << text;
  }
}

TEST(ParseCorpus, GivesTheTreesAndErrorsOfTheReference) {
  if (!std::filesystem::exists(File())) {
    GTEST_SKIP() << "no conformance corpus at " << File() << " (set OUTPOST_CORPUS)";
  }
  std::ifstream in(File(), std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  const auto parsed = boost::json::parse(text.str());
  const auto& cases = parsed.as_object().at("cases").as_array();
  EXPECT_FALSE(cases.empty());
  for (const auto& entry : cases) {
    const auto& given = entry.as_object();
    if (const auto* tags = given.if_contains("tags");
        tags != nullptr && boost::json::serialize(*tags).find("quirk") != std::string::npos) {
      continue;
    }
    Compare(given);
  }
}

}  // namespace
}  // namespace outpost::xpath
