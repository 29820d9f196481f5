#include "engine/suite/detail/raw_less.h"

#include <gtest/gtest.h>

namespace outpost::suite {
namespace {

TEST(RawLess, IsEscapedInAttributeValuesOnly) {
  EXPECT_EQ(EscapeRawLess("<a b='1 < 2'\n c=\"x<y<z\">t</a>"),
            "<a b='1 &lt; 2'\n c=\"x&lt;y&lt;z\">t</a>");
}

TEST(RawLess, LeavesTextsWithoutOneAlone) {
  EXPECT_EQ(EscapeRawLess("<a b='1 &lt; 2'>x</a>"), std::nullopt);
  EXPECT_EQ(EscapeRawLess(""), std::nullopt);
  EXPECT_EQ(EscapeRawLess("text only"), std::nullopt);
}

TEST(RawLess, IsNotSoughtInCommentsSectionsInstructionsAndText) {
  EXPECT_EQ(EscapeRawLess("<?x a='<'?><!-- a='<' --><b><![CDATA[ c='<' ]]> it's <d/> 'x' </b>"),
            std::nullopt);
}

TEST(RawLess, IsEscapedBehindSuchParts) {
  EXPECT_EQ(EscapeRawLess("<!-- \" --><a b='<'/>"), "<!-- \" --><a b='&lt;'/>");
}

TEST(RawLess, EndsWithTextsThatAreCutOff) {
  EXPECT_EQ(EscapeRawLess("<a b='x<"), "<a b='x&lt;");
  EXPECT_EQ(EscapeRawLess("<!-- <a b='<'"), std::nullopt);
  EXPECT_EQ(EscapeRawLess("<"), std::nullopt);
}

TEST(RawLess, LeavesOtherEncodingsAlone) {
  using namespace std::string_view_literals;
  EXPECT_EQ(EscapeRawLess("<\0a\0 \0b\0=\0'\0<\0'\0"sv), std::nullopt);
}

}  // namespace
}  // namespace outpost::suite
