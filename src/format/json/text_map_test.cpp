#include "format/json/text_map.h"

#include <gtest/gtest.h>

namespace outpost::json {
namespace {

TEST(TextMaps, ComeBackAsTheyWereWritten) {
  const TextMap map{{"", "empty key"}, {"a\"b", "line\nend"}, {"ñ", ""}};
  EXPECT_EQ(ReadTextMap(RenderTextMap(map)), map);
  EXPECT_EQ(RenderTextMap({}), "{}");
  const std::vector<std::string> list{"b", "", "a\\"};
  EXPECT_EQ(ReadTextList(RenderTextList(list)), list);
  EXPECT_EQ(RenderTextList({}), "[]");
}

TEST(TextMaps, LeaveOutWhatIsNoText) {
  EXPECT_EQ(ReadTextMap(R"({"a": "1", "b": 2, "c": null, "d": {"e": "f"}})"),
            (TextMap{{"a", "1"}}));
  EXPECT_EQ(ReadTextList(R"(["a", 2, null])"), std::vector<std::string>{"a"});
  for (const auto* odd : {"", "{", "[]", "null"}) EXPECT_TRUE(ReadTextMap(odd).empty()) << odd;
  for (const auto* odd : {"", "[", "{}", "null"}) EXPECT_TRUE(ReadTextList(odd).empty()) << odd;
}

}  // namespace
}  // namespace outpost::json
