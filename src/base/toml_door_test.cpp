#include "base/toml_door.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "base/problem.h"

namespace outpost {
namespace {

struct Case {
  std::string name;
  std::string text;
  std::optional<Position> refused_at;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class TomlDoor : public testing::TestWithParam<Case> {};

TEST_P(TomlDoor, Decides) {
  const auto& c = GetParam();
  try {
    EXPECT_EQ(HarmlessToml(c.text), c.text);
    EXPECT_FALSE(c.refused_at) << "let through";
  } catch (const Problem& problem) {
    ASSERT_TRUE(c.refused_at) << problem.told();
    EXPECT_EQ(problem.kind(), ProblemKind::kMalformed);
    EXPECT_EQ(problem.position().line, c.refused_at->line);
    EXPECT_EQ(problem.position().column, c.refused_at->column);
  }
}

const std::string kNul(1, '\0');

INSTANTIATE_TEST_SUITE_P(
    Rules, TomlDoor,
    testing::ValuesIn(std::vector<Case>{
        {"lets_letters_through_in_texts_and_comments",
         "\xEF\xBB\xBF# \xc4\x9c\r\na = '\xc4\x9c'\nb = \"\\\"\xf0\x9f\x98\x80\"\n",
         {}},
        {"lets_long_texts_through", "a = '''\n\xc4\x9c\n'' '''\nb = \"\"\"\n\\\"\"\"\"\n", {}},
        {"lets_quotes_before_the_closing_ones_through", "a = '''x'''''\nb = \"\"\"y\"\"\"\"\n", {}},
        {"lets_an_empty_file_through", "", {}},
        {"refuses_a_letter_beyond_ascii_in_a_key", "a = 1\n [p\xc4\x9cn]\n", Position{2, 4}},
        {"counts_characters_not_bytes", "a = '\xc4\x9c' \xc4\x9c\n", Position{1, 9}},
        {"refuses_a_lone_continuation", "# \x80\n", Position{1, 3}},
        {"refuses_a_character_that_is_cut", "a = 1\n# \xc4", Position{2, 3}},
        {"refuses_an_overlong_form", "# \xc0\xaf\n", Position{1, 3}},
        {"refuses_a_surrogate", "# \xed\xa0\x80\n", Position{1, 3}},
        {"refuses_a_code_point_above_the_last", "# \xf4\x90\x80\x80\n", Position{1, 3}},
        {"refuses_nul", "a = '" + kNul + "'\n", Position{1, 6}},
        {"refuses_delete", "# \x7f\n", Position{1, 3}},
        {"refuses_a_lone_carriage_return", "a = 1\rb = 2\n", Position{1, 6}},
        {"refuses_a_letter_beyond_ascii_behind_a_backslash", "a = \"\"\"cx\\\xc2\xa1\"\"\"\n",
         Position{1, 10}},
        {"refuses_a_quote_inside_of_a_word", "z = 14;3\"q\xef\xb3\xbf\"\n", Position{1, 9}},
        {"refuses_a_quote_behind_a_sign", "r=+\"\"\"\xda\x8c\"\"\"\n", Position{1, 4}},
        {"refuses_a_quote_behind_the_dot_of_a_number", "x = 0xdead.'''\xc4\xa0'''\n",
         Position{1, 12}},
        {"refuses_a_quote_behind_an_equals_sign_in_a_value", "x = a=\"\xc4\xa0\"\n",
         Position{1, 7}},
        {"refuses_a_quote_behind_a_bracket_in_a_value", "x = a[\"\xc4\xa0\"\n", Position{1, 7}},
        {"refuses_two_texts_in_one_word", "x = ['a''b']\n", Position{1, 9}},
        {"lets_nested_lists_and_tables_through",
         "x = [ [ 'a' ], { b.\"c\" = 'd', 'e' = [1,'f'] },\n 'g' ]\n\"h\" = 'i'\n",
         {}},
        {"lets_quotes_through_wherever_a_word_may_begin",
         "'a'.\"b\"=[\"c\",\"d\", 'e' ]\n[\"f\"]\ng={\"h\"='i'}\n",
         {}},
        {"refuses_a_backslash_at_the_very_end", "a = \"\\", Position{1, 5}},
        {"refuses_a_text_that_does_not_end_on_its_line", "a = 1\nb = 'x\n'\n", Position{2, 5}},
        {"refuses_a_long_text_that_does_not_end", "b = '''x\n", Position{1, 5}},
    }),
    [](const auto& test) { return test.param.name; });

TEST(TomlDoorEscapes, TheLetterAtWhichATextGoesOnAndNothingElse) {
  EXPECT_EQ(
      HarmlessToml("a = \"\"\"\xc3\xa9 \\\n  \n\t\xc3\xa9\xc3\xa9 \\ \r\n\xf0\x9f\x98\x80\"\"\"\n"),
      "a = \"\"\"\xc3\xa9 \\\n  \n\t\\U000000E9\xc3\xa9 \\ \r\n\\U0001F600\"\"\"\n");
  const std::string literal = "a = '''\\\n\xc3\xa9'''\n";
  EXPECT_EQ(HarmlessToml(literal), literal) << "a literal text knows no backslash";
}

TEST(TomlDoorSize, IsLimited) {
  EXPECT_NO_THROW(HarmlessToml(std::string(kTomlBytesMax, '#')));
  try {
    HarmlessToml(std::string(kTomlBytesMax + 1, '#'));
    FAIL() << "let through";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kTooLarge);
  }
}

}  // namespace
}  // namespace outpost
