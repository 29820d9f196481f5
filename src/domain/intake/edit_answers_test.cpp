#include "domain/intake/edit_answers.h"

#include <gtest/gtest.h>

#include "base/problem.h"

namespace outpost::intake {
namespace {

constexpr std::string_view kForm =
    "<?xml version='1.0'?>\n"
    "<d xmlns='http://example.org/f' xmlns:m='http://example.org/m'>\n"
    "  <name note='a > b'>Ann</name><empty/><spaced  />\n"
    "  <visit><weight>3</weight></visit>\n"
    "  <visit><weight><!-- </weight> -->4<![CDATA[</weight>]]></weight></visit>\n"
    "  <m:name>meta</m:name>\n"
    "</d>";

std::string Edited(const Answers& answers) { return ReplaceAnswers(kForm, answers); }

std::string With(std::string_view old_text, std::string_view new_text) {
  std::string form(kForm);
  form.replace(form.find(old_text), old_text.size(), new_text);
  return form;
}

std::string Refusal(const std::string& path) {
  try {
    Edited({{path, "x"}});
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kUnprocessable);
    return problem.told();
  }
  return "accepted";
}

TEST(EditedAnswers, ChangeNothingButTheirText) {
  EXPECT_EQ(Edited({}), kForm);
  EXPECT_EQ(Edited({{"name", "Béa & <co>"}}), With(">Ann<", ">Béa &amp; &lt;co&gt;<"));
  EXPECT_EQ(Edited({{"empty", "1"}}), With("<empty/>", "<empty>1</empty>"));
  EXPECT_EQ(Edited({{"spaced", "1"}}), With("<spaced  />", "<spaced  >1</spaced>"));
  EXPECT_EQ(Edited({{"name", ""}}), With(">Ann<", "><"));
}

TEST(EditedAnswers, AreFoundInRepeatsByTheirNumber) {
  EXPECT_EQ(Edited({{"visit[1]/weight", "5"}}), With("<weight>3<", "<weight>5<"));
  EXPECT_EQ(Edited({{"visit[2]/weight[1]", "5"}}),
            With("<!-- </weight> -->4<![CDATA[</weight>]]>", "5"));
}

TEST(EditedAnswers, MayBeSeveral) {
  EXPECT_EQ(Edited({{"visit[1]/weight", "9"}, {"empty", "e"}, {"name", "n"}}),
            ReplaceAnswers(ReplaceAnswers(Edited({{"name", "n"}}), {{"empty", "e"}}),
                           {{"visit[1]/weight", "9"}}));
}

TEST(EditedAnswers, AreRefusedWhereTheyNameNoSingleQuestion) {
  EXPECT_EQ(Refusal("age"), "The answer 'age' is not in this form.");
  EXPECT_EQ(Refusal("visit/weight"),
            "The answer 'visit/weight' occurs several times; say which, as in visit[2].");
  EXPECT_EQ(Refusal("visit[3]/weight"),
            "The answer 'visit[3]/weight' does not occur so many times.");
  EXPECT_EQ(Refusal("visit[1]"),
            "The answer 'visit[1]' is a group; only single questions have answers.");
  EXPECT_EQ(Refusal("visit[0]"),
            "The answer 'visit[0]' must number repeats from 1, as in visit[2].");
  EXPECT_EQ(Refusal("visit[1"), "The answer 'visit[1' has a '[' without a ']' at its end.");
  EXPECT_EQ(Refusal(""), "The answer '' is not in this form.");
  EXPECT_THROW(Edited({{"name", "1"}, {"name[1]", "2"}}), Problem);
}

TEST(EditedAnswers, MayHaveOneMegabyteButNotMore) {
  EXPECT_NO_THROW(Edited({{"name", std::string(kAnswerBytesMax, 'x')}}));
  EXPECT_THROW(Edited({{"name", std::string(kAnswerBytesMax + 1, 'x')}}), Problem);
}

TEST(EditedAnswers, AreForFormsInUtf8) {
  EXPECT_THROW(ReplaceAnswers("<d xmlns='u'><a>\xe9</a></d>", {{"a", "1"}}), Problem);
}

}  // namespace
}  // namespace outpost::intake
