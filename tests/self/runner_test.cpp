#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <thread>

#include "conformance/compare.h"
#include "conformance/ratchet.h"
#include "fault/options.h"
#include "fault/paced.h"
#include "scenario/bodies.h"
#include "scenario/script.h"
#include "store/sql/testing/scratch_folder.h"
#include "support/credentials.h"
#include "support/pattern.h"
#include "support/raw_client.h"

/// The runners' own rules: a runner that cannot fail proves nothing.
namespace outpost::tests {
namespace {

TEST(Script, HasWordsQuotesCommentsAndBlocks) {
  const auto commands = ParseScript(
      "# about\n"
      "post /a/ text=\"two words\\n\" # why\n"
      "repeat 2\n"
      "status 201\n"
      "end\n");
  ASSERT_EQ(commands.size(), 2U);
  EXPECT_EQ(commands[0].line, 2);
  EXPECT_EQ(commands[0].words, (std::vector<std::string>{"/a/", "text=two words\n"}));
  ASSERT_EQ(commands[1].body.size(), 1U);
  EXPECT_EQ(commands[1].body[0].verb, "status");
}

TEST(Script, TakesJsonAsItStandsToTheEndOfTheLine) {
  const auto commands = ParseScript("form demo f1 /auth {\"a\": [1, \"#b\"]} \n");
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(commands[0].words.back(), "{\"a\": [1, \"#b\"]}");
}

TEST(Script, RefusesWhatIsNotClosed) {
  EXPECT_THROW(ParseScript("repeat 2\nstatus 201\n"), ScenarioError);
  EXPECT_THROW(ParseScript("end\n"), ScenarioError);
  EXPECT_THROW(ParseScript("post \"/a/\n"), ScenarioError);
}

TEST(Script, FillsVariablesAndLeavesUnknownOnes) {
  const Variables variables = {{"id", "f1"}, {"i", "7"}};
  EXPECT_EQ(Substitute("$id-$i/${id}x $other 5$", variables), "f1-7/f1x $other 5$");
}

TEST(Script, TellsOptionsFromPathsWithQueries) {
  const Command command{1, "post", {"/a/?authtype=noauth", "as=asha"}, {}};
  const auto arguments = ReadArguments(command, {}, true);
  EXPECT_EQ(arguments.words, (std::vector<std::string>{"/a/?authtype=noauth"}));
  EXPECT_EQ(arguments.Option("as"), "asha");
}

TEST(Bodies, HaveExactlyTheSizeAskedFor) {
  EXPECT_EQ(MakeBody("", "generate:form(1000)", "id:f1").size(), 1000U);
  EXPECT_EQ(MakeBody("", "generate:filler(2kB)", "").size(), 2048U);
  EXPECT_THROW(MakeBody("", "generate:form(3)", ""), ScenarioError);
  EXPECT_THROW(MakeBody("", "generate:nothing(3)", ""), ScenarioError);
  EXPECT_THROW(MakeBody("", "no-such-file.xml", ""), ScenarioError);
}

TEST(Ratchet, RefusesLinesWithoutAReasonAndCasesListedTwice) {
  const sql_testing::ScratchFolder folder;
  const auto write = [&](const char* text) {
    std::ofstream(folder.path() / "ratchet.txt") << text;
    return folder.path() / "ratchet.txt";
  };
  const Ratchet good(write("# why\nwire/w-1: comes later\n"));
  EXPECT_EQ(good.ReasonFor("wire/w-1"), "comes later");
  EXPECT_EQ(good.ReasonFor("wire/w-2"), std::nullopt);
  EXPECT_THROW(Ratchet(write("wire/w-1\n")), std::runtime_error);
  EXPECT_THROW(Ratchet(write("wire/w-1: a\nwire/w-1: b\n")), std::runtime_error);
}

struct ComparedPair {
  std::string name, expected, found;
  bool is_partial = true;
  std::size_t findings = 0;
};

class CompareTest : public testing::TestWithParam<ComparedPair> {};

TEST_P(CompareTest, Finds) {
  const auto& pair = GetParam();
  std::vector<std::string> findings;
  const auto found = boost::json::parse(pair.found);
  Compare("x", boost::json::parse(pair.expected), &found, pair.is_partial, findings);
  EXPECT_EQ(findings.size(), pair.findings);
}

INSTANTIATE_TEST_SUITE_P(
    Rules, CompareTest,
    testing::ValuesIn(std::vector<ComparedPair>{
        {"nothing_where_both_are_equal", R"({"a": [1, "b"]})", R"({"a": [1, "b"]})", false, 0},
        {"no_extra_member_when_partial", R"({"a": 1})", R"({"a": 1, "b": 2})", true, 0},
        {"an_extra_member_when_whole", R"({"a": 1})", R"({"a": 1, "b": 2})", false, 1},
        {"a_missing_member", R"({"a": null})", "{}", true, 1},
        {"an_array_of_another_length", "[1]", "[1, 2]", true, 1},
        {"another_order", "[1, 2]", "[2, 1]", true, 2},
        {"any_text_for_a_description", R"("*new*")", R"("f1")", true, 0},
        {"an_empty_text_for_a_description", R"("*new*")", R"("")", true, 1},
        {"another_type", "1", R"("1")", true, 1},
    }),
    [](const auto& test) { return test.param.name; });

TEST(Envelope, IsReadWithItsNatureAndText) {
  const auto envelope = ReadEnvelope(
      "<OpenRosaResponse xmlns=\"x\"><message nature=\"submit_error\">a &lt; &quot;b&quot;"
      "</message></OpenRosaResponse>");
  EXPECT_EQ(envelope.nature, "submit_error");
  EXPECT_EQ(envelope.message, "a < \"b\"");
  EXPECT_EQ(ReadEnvelope("<html><message nature=\"x\">no</message></html>").nature, "");
}

/// The example of RFC 2617, section 3.5, but for the client's own nonce.
TEST(Digest, NamesWhatTheChallengeAsksFor) {
  Call call;
  call.target = "/dir/index.html";
  const auto header = DigestHeader(
      "Digest realm=\"testrealm@host.com\", qop=\"auth\", nonce=\"dcd98b\", opaque=\"5ccc\"", call,
      "Mufasa", "Circle Of Life");
  EXPECT_NE(header.find("realm=\"testrealm@host.com\", nonce=\"dcd98b\", uri=\"/dir/index.html\""),
            std::string::npos);
  EXPECT_NE(header.find("opaque=\"5ccc\""), std::string::npos);
}

TEST(RawRequest, LeavesTheLengthOutWhenChunked) {
  Call call;
  call.method = "POST";
  call.body = "abc";
  EXPECT_NE(RenderHead(call, "x").find("Content-Length: 3\r\n"), std::string::npos);
  call.is_chunked = true;
  EXPECT_EQ(RenderHead(call, "x").find("Content-Length"), std::string::npos);
  EXPECT_EQ(RenderChunks("abc"), "3\r\nabc\r\n0\r\n\r\n");
}

TEST(Pattern, CoversTheWholeText) {
  EXPECT_TRUE(MatchesWhole("Mon, 01", "(Mon|Tue), [0-9]{2}"));
  EXPECT_FALSE(MatchesWhole("Mon, 011", "(Mon|Tue), [0-9]{2}"));
  EXPECT_THROW(MatchesWhole("x", "("), std::invalid_argument);
}

TEST(Paced, CountsLatencyFromWhenARequestWasDue) {
  const auto slow = [](int, std::int64_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    return true;
  };
  const auto latencies = RunPaced(1, 100, std::chrono::milliseconds(300), slow);
  EXPECT_EQ(latencies.count, 30);
  // Each takes 30 ms while one is due every 10 ms: the queue grows, and with it what is measured.
  EXPECT_GT(latencies.most, std::chrono::milliseconds(200));
}

TEST(Options, ReadNumbersBehindTheirNames) {
  const char* words[] = {"test", "program", "--rounds", "200"};
  const auto options = ReadOptions(4, const_cast<char**>(words));
  EXPECT_EQ(options.Number("rounds", 5), 200);
  EXPECT_EQ(options.Number("k-max", 5), 5);
  EXPECT_EQ(options.words.size(), 1U);
}

}  // namespace
}  // namespace outpost::tests
