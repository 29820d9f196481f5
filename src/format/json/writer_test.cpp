#include "format/json/writer.h"

#include <gtest/gtest.h>

namespace outpost::json {
namespace {

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string text;
  Writer out(text);
  out.BeginObject();
  out.Member("a", std::int64_t{1});
  out.Key("b");
  out.BeginArray();
  out.String("x");
  out.Null();
  out.BeginObject();
  out.EndObject();
  out.Raw("[2]");
  out.EndArray();
  out.Member("c", true);
  out.EndObject();
  EXPECT_EQ(text, R"({"a":1,"b":["x",null,{},[2]],"c":true})");
}

struct StringCase {
  std::string text, json;
};
class AppendStringTest : public testing::TestWithParam<StringCase> {};

TEST_P(AppendStringTest, EscapesWhatMustBeEscaped) {
  std::string out;
  AppendString(out, GetParam().text);
  EXPECT_EQ(out, GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(Table, AppendStringTest,
                         testing::ValuesIn(std::vector<StringCase>{
                             {"", R"("")"},
                             {"a\"b\\c", R"("a\"b\\c")"},
                             {"\n\t\r\x01", R"("\n\t\r\u0001")"},
                             {"ä€😀", "\"ä€😀\""},
                             {"\xff|\xc3", "\"\xef\xbf\xbd|\xef\xbf\xbd\""},
                         }));

}  // namespace
}  // namespace outpost::json
