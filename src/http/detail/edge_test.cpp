#include <gtest/gtest.h>

#include "base/problem.h"
#include "http/detail/forwarded.h"
#include "http/detail/header_fields.h"
#include "http/detail/target.h"

namespace outpost::http::detail {
namespace {

TEST(Target, OriginAndAbsoluteFormsAreTakenApart) {
  const auto origin = ReadTarget("/a/b%20c/?x=1&y");
  EXPECT_TRUE(origin.is_valid);
  EXPECT_EQ(origin.raw_path, "/a/b%20c/");
  EXPECT_EQ(origin.raw_query, "x=1&y");
  const auto absolute = ReadTarget("HTTP://example.org:81?x");
  EXPECT_TRUE(absolute.is_valid);
  EXPECT_EQ(absolute.raw_path, "/");
  EXPECT_EQ(absolute.authority, "example.org:81");
  EXPECT_EQ(absolute.raw_query, "x");
}

TEST(Target, OtherFormsAreNotValid) {
  for (const char* text : {"*", "example.org:443", "ftp://x/", "http:///path", ""}) {
    EXPECT_FALSE(ReadTarget(text).is_valid) << text;
  }
}

TEST(Query, PairsComeDecodedInOrder) {
  const auto pairs = ReadQuery("a=1&b+c=%26+x&a=2&&alone&=v");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"a", "1"}, {"b c", "& x"}, {"a", "2"}, {"alone", ""}, {"", "v"}};
  EXPECT_EQ(pairs, expected);
}

TEST(AcceptEncoding, GzipCountsUnlessItIsForbidden) {
  for (const char* text : {"gzip", "br, GZIP;q=0.5", "*", "gzip;q=1.0, identity;q=0"}) {
    EXPECT_TRUE(AcceptsGzip(text)) << text;
  }
  for (const char* text : {"", "identity", "gzip;q=0", "gzip; q=0.000", "x-gzip2"}) {
    EXPECT_FALSE(AcceptsGzip(text)) << text;
  }
}

struct Hop {
  std::string name;
  std::string peer;
  std::vector<std::string> forwarded_for;
  std::string address;
};

class Forwarded : public testing::TestWithParam<Hop> {};

TEST_P(Forwarded, NamesTheRightmostHopThatIsNotTrusted) {
  const TrustedProxies proxies({"10.0.0.0/8", "192.0.2.7", "2001:db8::/33"});
  Request request;
  request.host = "own";
  for (const auto& value : GetParam().forwarded_for) request.headers.Add("X-Forwarded-For", value);
  request.headers.Add("X-Forwarded-Proto", "https");
  request.headers.Add("X-Forwarded-Host", "site.example.org");
  proxies.Apply(GetParam().peer, request);
  EXPECT_EQ(request.remote_address, GetParam().address);
  const bool is_trusted = GetParam().name != "a_stranger_is_not_believed" &&
                          GetParam().name != "a_block_ends_at_its_bits";
  EXPECT_EQ(request.is_secure, is_trusted);
  EXPECT_EQ(request.host, is_trusted ? "site.example.org" : "own");
}

INSTANTIATE_TEST_SUITE_P(
    Hops, Forwarded,
    testing::ValuesIn(std::vector<Hop>{
        {"a_stranger_is_not_believed", "203.0.113.9", {"198.51.100.1"}, "203.0.113.9"},
        {"one_proxy", "10.1.2.3", {"198.51.100.1"}, "198.51.100.1"},
        {"a_chain_of_ours", "10.1.2.3", {"198.51.100.1, 192.0.2.7"}, "198.51.100.1"},
        {"what_the_client_claims_is_left", "10.1.2.3", {"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
        {"two_header_lines", "10.1.2.3", {"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
        {"only_ours", "10.1.2.3", {"10.9.9.9"}, "10.9.9.9"},
        {"no_header", "10.1.2.3", {}, "10.1.2.3"},
        {"nonsense", "10.1.2.3", {"unknown"}, "10.1.2.3"},
        {"a_port", "10.1.2.3", {"198.51.100.1:4711"}, "198.51.100.1"},
        {"version_six", "2001:db8::1", {"[2001:db9::5]:80"}, "2001:db9::5"},
        {"a_block_ends_at_its_bits", "2001:db8:8000::1", {"1.1.1.1"}, "2001:db8:8000::1"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(TrustedProxies, RefusesWhatIsNoBlock) {
  for (const char* text : {"", "proxy", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/x"}) {
    EXPECT_THROW(TrustedProxies({text}), Problem) << text;
  }
}

}  // namespace
}  // namespace outpost::http::detail
