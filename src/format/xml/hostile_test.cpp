// Input made to cost much more than its bytes. The time limit of the test run is the judge: each of
// these took minutes or gigabytes before it had a bound.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>

#include "format/xml/xml.h"

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

/// start + piece(0) + piece(1) + … + end, of about `bytes`.
std::string Made(const std::string& start, const std::function<std::string(int)>& piece,
                 const std::string& end, std::size_t bytes = Limits{}.bytes) {
  std::string text = start;
  for (int i = 0;; ++i) {
    const std::string next = piece(i);
    if (text.size() + next.size() + end.size() > bytes) return text + end;
    text += next;
  }
}

TEST(HostileXml, ReadsAnyNumberOfNamespacesInTime) {
  const auto text = Made(
      "<r>", [](int i) { return "<a xmlns='u" + std::to_string(i) + "'/>"; }, "</r>");
  EXPECT_EQ(Refusal(text), "accepted");
}

TEST(HostileXml, RefusesANamespaceNameThatIsCopiedAgainAndAgain) {
  const std::string longest(Limits{}.namespace_bytes, 'u');
  EXPECT_EQ(Refusal("<r xmlns='" + longest + "'/>"), "accepted");
  EXPECT_EQ(Refusal("<r xmlns='" + longest + "u'/>"), "namespace name too long");
  EXPECT_EQ(Refusal("<r xmlns:p='" + longest + "u' p:a=''/>"), "namespace name too long");
}

TEST(HostileXml, BoundsWhatPrefixesSpellOut) {
  const std::string root = "<r xmlns:p='" + std::string(1'000, 'u') + "'>";
  EXPECT_EQ(Refusal(Made(
                root, [](int) { return "<a p:b='' p:c='' p:d='' p:e=''/>"; }, "</r>")),
            "too many changes of namespace");
  EXPECT_EQ(Refusal(Made(
                root, [](int) { return "<p:a/>"; }, "</r>", 1 << 20)),
            "too many changes of namespace");
}

TEST(HostileXml, BoundsTheMemoryOfOneStartTag) {
  const std::string root = "<r xmlns:p='" + std::string(1'000, 'u') + "'";
  const auto attribute = [](int i) { return " p:a" + std::to_string(i) + "=''"; };
  EXPECT_EQ(Refusal(Made(root, attribute, "/>")), "takes too much memory");
}

TEST(HostileXml, ReadsFormsAsBeforeAfterOneThatTookTooMuch) {
  const std::string root = "<r xmlns:p='" + std::string(1'000, 'u') + "'";
  const auto attribute = [](int i) { return " p:a" + std::to_string(i) + "=''"; };
  for (int i = 0; i < 3; ++i) {
    EXPECT_NE(Refusal(Made(root, attribute, "/>")), "accepted");
    EXPECT_EQ(Document::Parse("<a>1</a>").root().text(), "1");
  }
}

TEST(HostileXml, ReadsManyNames) {
  const auto text = Made(
      "<r>", [](int i) { return "<a" + std::to_string(i) + "/>"; }, "</r>", 4u << 20);
  EXPECT_EQ(Refusal(text), "accepted");
}

TEST(HostileXml, NeverExpandsEntities) {
  std::string laughs = "<!DOCTYPE r [<!ENTITY a0 'ha'>";
  for (int i = 1; i < 30; ++i) {
    const std::string one = "&a" + std::to_string(i - 1) + ";";
    laughs += "<!ENTITY a" + std::to_string(i) + " '" + one + one + "'>";
  }
  EXPECT_EQ(Refusal(laughs + "]><r>&a29;</r>"), "DOCTYPE is not allowed");
  EXPECT_EQ(Refusal("<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><r>&e;</r>"),
            "DOCTYPE is not allowed");
  EXPECT_EQ(Refusal("<!DOCTYPE r [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/'> %p;]><r/>"),
            "DOCTYPE is not allowed");
  EXPECT_EQ(Refusal("<r>&e;</r>"), "undefined entity");
}

TEST(HostileXml, RefusesEveryTruncationOfAForm) {
  const std::string form =
      "<?xml version='1.0'?><d xmlns='u' xmlns:p='v' "
      "p:a='1'><p:b>t&amp;\u00e4</p:b><!--c--><e/></d>";
  ASSERT_EQ(Refusal(form), "accepted");
  for (std::size_t length = 0; length < form.size(); ++length) {
    EXPECT_NE(Refusal(form.substr(0, length)), "accepted") << length;
  }
}

TEST(HostileXml, RefusesBytesThatAreNoCharacters) {
  for (const std::string bytes :
       {"\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xef\xbf\xbf", "\x01"}) {
    EXPECT_NE(Refusal("<a>" + bytes + "</a>"), "accepted");
    EXPECT_NE(Refusal("<a b='" + bytes + "'/>"), "accepted");
  }
  for (const auto* reference : {"&#0;", "&#1;", "&#xD800;", "&#xFFFF;", "&#x110000;"}) {
    EXPECT_NE(Refusal(std::string("<a>") + reference + "</a>"), "accepted") << reference;
  }
}

TEST(HostileXml, RefusesAnEncodingItDoesNotKnow) {
  EXPECT_EQ(Refusal("<?xml version='1.0' encoding='EBCDIC-CP-US'?><a/>"), "unknown encoding");
}

TEST(HostileXml, IsReadByManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      const std::string text = "<a xmlns='u" + std::to_string(t) + "'>x</a>";
      for (int i = 0; i < 500; ++i) {
        EXPECT_EQ(Document::Parse(text).root().uri(), "u" + std::to_string(t));
        EXPECT_EQ(Refusal("<a>"), "no element found");
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace outpost::xml
