#include "insight/search/needle.h"

#include <gtest/gtest.h>

namespace outpost::search {
namespace {

constexpr const char* kForm =
    R"({"id":"f1","metadata":{"username":"Asha.Devi"},"form":{"@name":"Hidden","meta":{"place":"Nowhere"},)"
    R"("notes":"Fever since Monday, 38.5 C","child":[{"name":"Bé"},{"name":"Cora"}]}})";
constexpr const char* kCase =
    R"({"name":"Maria Lopez","external_id":"MX-77","owner_id":"somebody","dob":"2001-02-03",)"
    R"("case_json":{"dob":"2001-02-03","village":"Old Town"}})";

bool HasWord(Subject subject, const char* document, const std::string& word) {
  return HasWords(subject, document, {{Needle::Kind::kWord, {}, {word}, {}}});
}
bool HasPart(Subject subject, const char* document, const std::string& part) {
  return HasWords(subject, document, {{Needle::Kind::kPart, {}, {part}, {}}});
}

TEST(NeedleTest, WordsAreRunsOfLettersAndDigitsInLowerCase) {
  EXPECT_EQ(WordsOf("Fever, since 3 days (Bé)!"),
            (std::vector<std::string>{"fever", "since", "3", "days", "bé"}));
  EXPECT_TRUE(WordsOf(" ,;. ").empty());
}

TEST(NeedleTest, AWordOverSixtyFourBytesIsCut) {
  const std::string at_limit(kWordBytesMax, 'x');
  EXPECT_EQ(WordsOf(at_limit), std::vector{at_limit});
  EXPECT_EQ(WordsOf(at_limit + "y"), std::vector{at_limit});
  const auto document = R"({"form":{"a":")" + at_limit + R"(zz"}})";
  EXPECT_TRUE(HasWord(Subject::kForms, document.c_str(), at_limit + "zz"));
}

TEST(NeedleTest, WordsOfAFormAreThoseOfItsAnswers) {
  for (const char* word : {"fever", "FEVER", "38", "bé", "cora"}) {
    EXPECT_TRUE(HasWord(Subject::kForms, kForm, word)) << word;
  }
  for (const char* word : {"fev", "hidden", "nowhere", "asha", "f1"}) {
    EXPECT_FALSE(HasWord(Subject::kForms, kForm, word)) << word;
  }
}

TEST(NeedleTest, WordsOfACaseAreThoseOfItsNameAndProperties) {
  for (const char* word : {"maria", "town", "2001"}) {
    EXPECT_TRUE(HasWord(Subject::kCases, kCase, word)) << word;
  }
  EXPECT_FALSE(HasWord(Subject::kCases, kCase, "somebody"));
}

TEST(NeedleTest, PartsAreOfNamesOnly) {
  EXPECT_TRUE(HasPart(Subject::kForms, kForm, "ha.de"));
  EXPECT_FALSE(HasPart(Subject::kForms, kForm, "fever"));
  EXPECT_TRUE(HasPart(Subject::kCases, kCase, "RIA LO"));
  EXPECT_TRUE(HasPart(Subject::kCases, kCase, "x-7"));
  EXPECT_FALSE(HasPart(Subject::kCases, kCase, "old town"));
}

TEST(NeedleTest, EveryNeedleMustBeFound) {
  const Needle fever{Needle::Kind::kWord, {}, {"fever"}, {}};
  const Needle either{Needle::Kind::kWord, {}, {"cough", "cora"}, {}};
  const Needle neither{Needle::Kind::kWord, {}, {"cough", "cold"}, {}};
  EXPECT_TRUE(HasWords(Subject::kForms, kForm, {fever, either}));
  EXPECT_FALSE(HasWords(Subject::kForms, kForm, {fever, neither}));
}

TEST(NeedleTest, OnlyTextsThatReadTheSameAsJsonAreLookedForInTheIndex) {
  for (const char* text : {"x", "12", "-12", "true", "2001-02-03", "1 2"}) {
    EXPECT_TRUE(IsPlainProperty(text)) << text;
  }
  for (const char* text :
       {"", "null", "1.0", "1e3", "{\"a\":1}", "[1]", "\"x\"", "1234567890123456789"}) {
    EXPECT_FALSE(IsPlainProperty(text)) << text;
  }
}

}  // namespace
}  // namespace outpost::search
