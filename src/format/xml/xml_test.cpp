#include "format/xml/xml.h"

#include <gtest/gtest.h>

#include <string>

namespace outpost::xml {
namespace {

std::string Refusal(const std::string& text) {
  try {
    Document::Parse(text);
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kMalformed);
    return problem.told();
  }
  return "accepted";
}

std::string Repeat(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

TEST(Xml, ResolvesNamespacesOfElementsAndAttributes) {
  const auto document =
      Document::Parse(R"(<a xmlns="u:1" xmlns:p="u:2" x="1" p:x="2"><p:b/><c xmlns=""/></a>)");
  const auto root = document.root();
  EXPECT_EQ(root.uri(), "u:1");
  EXPECT_EQ(root.attribute_count(), 2u);
  EXPECT_EQ(root.attribute("x"), "1");
  EXPECT_EQ(root.attribute(1).uri, "u:2");
  EXPECT_EQ(root.first_child()->uri(), "u:2");
  EXPECT_EQ(root.child("c")->uri(), "");
}

TEST(Xml, KeepsTextAfterChildrenWhereItIsAskedFor) {
  const std::string text = "<a>0<b>1<c/>2</b>3<!-- x -->4<d/>5</a>";
  const auto mixed = Document::ParseMixed(text);
  const auto b = mixed.root().child("b");
  EXPECT_EQ(b->tail(), "34");
  EXPECT_EQ(b->child("c")->tail(), "2");
  EXPECT_EQ(mixed.root().child("d")->tail(), "5");
  EXPECT_EQ(mixed.root().tail(), "");
  EXPECT_EQ(Document::Parse(text).root().child("b")->tail(), "");
}

TEST(Xml, KeepsTextBeforeTheFirstChildOnlyAndJoinsItAroundComments) {
  const auto document = Document::Parse("<a> x<!-- c -->y<?pi?> <b>in</b>after<b/></a>");
  EXPECT_EQ(document.root().text(), " xy ");
  EXPECT_EQ(document.root().child("b")->text(), "in");
}

TEST(Xml, ReadsOtherEncodingsAsUtf8) {
  EXPECT_EQ(Document::Parse("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe4</a>").root().text(),
            "\u00e4");
  std::string utf16 = "\xff\xfe";
  for (const char c : std::string_view("<a>x</a>")) utf16 += {c, '\0'};
  EXPECT_EQ(Document::Parse(utf16).root().text(), "x");
  EXPECT_EQ(Document::Parse("\xef\xbb\xbf<a>&#x1F600;😀</a>").root().text(), "😀😀");
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
  for (const auto* text :
       {"", "no xml", "<a>", "<a></b>", "<a/><b/>", "<a/>text", "<p:a/>", "<a x='1' x='2'/>",
        "<a>&nbsp;</a>", "<a>\x01</a>", "<a>\xff</a>", "<a x='<'/>"}) {
    EXPECT_NE(Refusal(text), "accepted") << text;
  }
  EXPECT_NE(Refusal(std::string("<a>\0</a>", 8)), "accepted");
}

TEST(Xml, RefusesDocumentTypesAndTheirEntities) {
  EXPECT_EQ(Refusal("<!DOCTYPE a><a/>"), "DOCTYPE is not allowed");
  EXPECT_EQ(Refusal("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"), "DOCTYPE is not allowed");
  EXPECT_EQ(Refusal("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"), "DOCTYPE is not allowed");
}

TEST(Xml, TakesWhatIsAtALimitAndRefusesOneAbove) {
  const Limits limits;
  const int depth = static_cast<int>(limits.depth);
  EXPECT_NO_THROW(Document::Parse(Repeat("<a>", depth) + Repeat("</a>", depth)));
  EXPECT_EQ(Refusal(Repeat("<a>", depth + 1) + Repeat("</a>", depth + 1)),
            "elements nested too deeply");
  EXPECT_EQ(Refusal(Repeat("<a>", 100'000)), "elements nested too deeply");
  const int elements = static_cast<int>(limits.elements);
  EXPECT_NO_THROW(Document::Parse("<r>" + Repeat("<a/>", elements - 1) + "</r>"));
  EXPECT_EQ(Refusal("<r>" + Repeat("<a/>", elements) + "</r>"), "too many elements");
  std::string attributes;
  for (int i = 0; i < 1001; ++i) attributes += " a" + std::to_string(i) + "=''";
  EXPECT_EQ(Refusal("<r" + attributes + "/>"), "too many attributes");
}

TEST(Xml, ReadsAnAttributeOfTenMegabytesButNotMore) {
  const std::string value((10u << 20) - 9, 'x');
  EXPECT_EQ(Document::Parse("<a b='" + value + "'/>").root().attribute("b")->size(), value.size());
  EXPECT_EQ(Refusal("<a b='" + value + "x'/>"), "larger than allowed");
}

TEST(Xml, SaysWhereAnElementBegins) {
  const auto document = Document::Parse("<a><b/>\n\n  <c/>\n<d/></a>");
  const auto at = [&](std::string_view name) { return document.root().child(name)->position(); };
  EXPECT_EQ(document.root().position().line, 1u);
  EXPECT_EQ(document.root().position().column, 1u);
  EXPECT_EQ(at("b").column, 4u);
  EXPECT_EQ(at("c").line, 3u);
  EXPECT_EQ(at("c").column, 3u);
  EXPECT_EQ(at("d").line, 4u);
  EXPECT_EQ(at("d").column, 1u);
}

TEST(Xml, SaysWhereItWentWrong) {
  try {
    Document::Parse("<a>\n  <b></c>\n</a>");
    FAIL();
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.position().line, 2u);
    EXPECT_EQ(std::string(problem.told()), "mismatched tag");
  }
}

}  // namespace
}  // namespace outpost::xml
