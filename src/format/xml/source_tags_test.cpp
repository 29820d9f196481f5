#include "format/xml/source_tags.h"

#include <gtest/gtest.h>

namespace outpost::xml {
namespace {

using Kind = SourceTags::Kind;

std::string Walk(std::string_view source) {
  std::string told;
  SourceTags tags(source);
  for (auto kind = tags.Next(); kind != Kind::kOver; kind = tags.Next()) {
    const auto text = std::string(source.substr(tags.range().offset, tags.range().length));
    const char* const names[] = {"start", "empty", "end", "text"};
    told += std::string(names[static_cast<int>(kind)]) + " " +
            (kind == Kind::kText ? text : std::string(tags.name())) + "\n";
  }
  return told;
}

TEST(SourceTags, GoesFromTagToTagAndPassesOverTheRest) {
  EXPECT_EQ(
      Walk("<?xml version='1.0'?><!DOCTYPE a><a><!-- <b> --><x:b c='1'/>t<![CDATA[<d>]]></a >"),
      "start a\nempty b\ntext t\nend a\n");
}

TEST(SourceTags, ARawLessThanInsideAValueIsPartOfIt) {
  SourceTags tags(R"(<a test="1 < 2 > 0" b = 'x"y'>)");
  ASSERT_EQ(tags.Next(), Kind::kStart);
  EXPECT_EQ(tags.Value("test"), "1 < 2 > 0");
  EXPECT_EQ(tags.Value("b"), "x\"y");
  EXPECT_EQ(tags.Value("c"), std::nullopt);
  EXPECT_EQ(tags.Next(), Kind::kOver);
}

TEST(SourceTags, ResolvesReferences) {
  EXPECT_EQ(DecodeReferences("a&amp;b&#233;&#x1F600;&lt;&unknown;&"), "a&bé😀<&unknown;&");
}

TEST(SourceTags, EndsOnWhateverIsCutOff) {
  const std::string_view source = "<a b='1'><c d=\"2\"/>text<!-- x --></a>";
  for (std::size_t length = 0; length <= source.size(); ++length) {
    EXPECT_LT(Walk(source.substr(0, length)).size(), 100u);
  }
}

TEST(SourceTags, EditsLeaveEveryOtherByte) {
  const std::string_view source = "<a  b='old'\n>x</a>";
  SourceTags tags(source);
  tags.Next();
  SourceEdits edits(source);
  edits.Replace(tags.Find("b")->value, "new");
  edits.Insert(tags.range().end(), "<i/>");
  EXPECT_EQ(std::move(edits).Apply(), "<a  b='new'\n><i/>x</a>");
}

TEST(SourceTags, EditsMayComeInAnyOrder) {
  SourceEdits edits("abcdef");
  edits.Replace({4, 1}, "E");
  edits.Replace({1, 2}, "BC");
  edits.Replace({2, 2}, "lost");
  EXPECT_EQ(std::move(edits).Apply(), "aBCdEf") << "what begins later gives way";
}

}  // namespace
}  // namespace outpost::xml
