#include "base/text.h"

#include <gtest/gtest.h>

#include <array>

#include "base/storable_text.h"

namespace outpost {
namespace {

TEST(Text, Base64SurvivesTheRoundTripAtEveryLength) {
  std::string bytes;
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(BytesOfBase64(Base64Of(bytes)), bytes);
    bytes += static_cast<char>(i * 37);
  }
  EXPECT_EQ(Base64Of("ab"), "YWI=");
  EXPECT_FALSE(BytesOfBase64("YWI"));
  EXPECT_FALSE(BytesOfBase64("YW*="));
}

TEST(Text, HexRefusesOddAndForeignDigits) {
  EXPECT_EQ(HexOf(*BytesOfHex("00fFa1")), "00ffa1");
  EXPECT_FALSE(BytesOfHex("abc"));
  EXPECT_FALSE(BytesOfHex("zz"));
}

TEST(Text, PercentDecodingLeavesStrayPercentSigns) {
  EXPECT_EQ(PercentDecode("a%20b%2Fc%"), "a b/c%");
  EXPECT_EQ(PercentDecode("a+b", true), "a b");
  EXPECT_EQ(PercentDecode(PercentEncode("ä b/&?")), "ä b/&?");
  EXPECT_EQ(PercentDecode("a%FFb%00"), "a\uFFFDb\uFFFD");
}

TEST(Text, BecomesStorableByteForByte) {
  EXPECT_EQ(StorableText("plain ä € 😀"), "plain ä € 😀");
  EXPECT_EQ(StorableText("jos\xe9.jpg"), "jos\uFFFD.jpg");
  EXPECT_EQ(StorableText("\xe2\x82"), "\uFFFD\uFFFD");
  EXPECT_EQ(StorableText(std::string("a\0b", 3)), "a\uFFFDb");
  EXPECT_EQ(StorableText(""), "");
}

TEST(Text, MarkupIsEscaped) {
  EXPECT_EQ(EscapeMarkup("<a b='c'>&"), "&lt;a b=&#39;c&#39;&gt;&amp;");
}

TEST(Text, Utf8IsChecked) {
  EXPECT_TRUE(IsValidUtf8("plain ä € 😀"));
  EXPECT_FALSE(IsValidUtf8("\xc0\x80"));
  EXPECT_FALSE(IsValidUtf8("\xed\xa0\x80"));
  EXPECT_FALSE(IsValidUtf8("\xe2\x82"));
}

TEST(Text, IsCutBetweenCharacters) {
  EXPECT_EQ(FirstCharacters("äöü", 2), "äö");
  EXPECT_EQ(FirstCharacters("äöü", 3), "äöü");
  EXPECT_EQ(FirstCharacters("", 3), "");
  EXPECT_EQ(FirstCharacters("abc", 0), "");
}

TEST(Text, CharactersAreCountedNotBytes) {
  EXPECT_EQ(CountCharacters(""), 0u);
  EXPECT_EQ(CountCharacters("abc"), 3u);
  EXPECT_EQ(CountCharacters("äb€😀"), 4u);
}

TEST(Text, SuggestsTheNearestWordOnlyWhenItIsNear) {
  constexpr std::array<std::string_view, 2> known = {"listen", "data"};
  EXPECT_EQ(NearestWord("lisen", known), "listen");
  EXPECT_FALSE(NearestWord("banana", known));
}

TEST(Text, IntegersAreReadWholeOrNotAtAll) {
  EXPECT_EQ(ParseInt("-12"), -12);
  EXPECT_FALSE(ParseInt("12x"));
  EXPECT_FALSE(ParseInt(""));
}

}  // namespace
}  // namespace outpost
