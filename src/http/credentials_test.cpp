#include "http/credentials.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "crypto/digests.h"

namespace outpost::http {
namespace {

Request With(const std::string& name, const std::string& value) {
  Request request;
  request.headers.Add(name, value);
  return request;
}

Credentials Read(const std::string& authorization) {
  return ReadCredentials(With("authorization", authorization));
}

TEST(Credentials, NoHeaderIsNoScheme) {
  EXPECT_EQ(ReadCredentials(Request()).scheme, Scheme::kNone);
}

TEST(Credentials, BasicKeepsColonsAndUtf8InThePassword) {
  const auto got = Read("bAsIc  " + Base64Of("asha@demo:p:\xc3\xa9:w"));
  EXPECT_EQ(got.scheme, Scheme::kBasic);
  EXPECT_EQ(got.username, "asha@demo");
  EXPECT_EQ(got.secret, "p:\xc3\xa9:w");
  EXPECT_FALSE(got.is_malformed);
}

TEST(Credentials, BasicInLatin1BecomesUtf8) {
  EXPECT_EQ(Read("Basic " + Base64Of("a:\xe9")).secret, "\xc3\xa9");
}

TEST(Credentials, AnEmptyPasswordIsAPassword) {
  const auto got = Read("Basic " + Base64Of("a:"));
  EXPECT_FALSE(got.is_malformed);
  EXPECT_EQ(got.username, "a");
  EXPECT_EQ(got.secret, "");
}

TEST(Credentials, ReadsApiKeysOfAnyCaseUpToTheLastColon) {
  const auto got = Read("apikey worker@do:main.commcarehq.org:0123abcd");
  EXPECT_EQ(got.scheme, Scheme::kApiKey);
  EXPECT_EQ(got.username, "worker@do:main.commcarehq.org");
  EXPECT_EQ(got.secret, "0123abcd");
}

TEST(Credentials, ReadsBearerTokens) {
  const auto got = Read("Bearer abc.def");
  EXPECT_EQ(got.scheme, Scheme::kBearer);
  EXPECT_EQ(got.secret, "abc.def");
}

TEST(Credentials, SaysWhichValuesAreUnreadable) {
  for (const std::string& text :
       {std::string("Basic"), std::string("Basic ???"), "Basic " + Base64Of("nocolon"),
        std::string("ApiKey nocolon"), std::string("ApiKey :key"), std::string("Bearer "),
        std::string("Digest nonsense"), std::string("Digest username=\"a\""),
        std::string("Digest username=\"a, nonce=\"b\", uri=\"c\", response=\"d\"")}) {
    EXPECT_TRUE(Read(text).is_malformed) << text;
  }
  EXPECT_EQ(Read("Negotiate abc").scheme, Scheme::kUnknown);
}

TEST(Credentials, FindsACookieAmongOthers) {
  const Request request = With("Cookie", "a=1; sessionid = \"x=y\" ;b=2");
  EXPECT_EQ(CookieOf(request, "sessionid"), "x=y");
  EXPECT_EQ(CookieOf(request, "b"), "2");
  EXPECT_EQ(CookieOf(request, "session"), std::nullopt);
}

class Digest : public testing::Test {
 protected:
  static constexpr const char* kTarget = "/a/demo/api/v0.5/form/?limit=1";

  /// What a right client answers to the guard's challenge.
  DigestFields AnswerTo(const std::string& challenge, int count = 1) {
    const auto begin = challenge.find("nonce=\"") + 7;
    char nc[9];
    std::snprintf(nc, sizeof nc, "%08x", static_cast<unsigned>(count));
    DigestFields fields{
        "asha",  "DJANGO", challenge.substr(begin, challenge.find('"', begin) - begin),
        kTarget, "",       "auth",
        nc,      "cn",     "",
        "MD5"};
    Sign(fields);
    return fields;
  }
  void Sign(DigestFields& fields) {
    fields.response =
        crypto::Md5Hex(ha1_ + ':' + fields.nonce + ':' + fields.nc + ':' + fields.cnonce + ':' +
                       fields.qop + ':' + crypto::Md5Hex("GET:" + fields.uri));
  }
  DigestGuard::Verdict Check(const DigestFields& fields) {
    Request request;
    request.target = kTarget;
    return guard_.Check(request, fields, ha1_);
  }

  ScriptedClock clock_{Instant{1'700'000'000'000'000}};
  DigestGuard guard_{"DJANGO", std::string(32, 'k'), clock_};
  const std::string ha1_ = crypto::Md5Hex("asha:DJANGO:secret");
  const std::string challenge_ = guard_.Challenge(false);
};

TEST_F(Digest, ChallengesAsClientsExpect) {
  EXPECT_TRUE(challenge_.starts_with("Digest realm=\"DJANGO\", nonce=\"")) << challenge_;
  EXPECT_NE(challenge_.find("qop=\"auth\", algorithm=\"MD5\", opaque=\""), std::string::npos);
  EXPECT_NE(challenge_.find("stale=\"false\""), std::string::npos);
  EXPECT_NE(guard_.Challenge(true).find("stale=\"true\""), std::string::npos);
  EXPECT_NE(guard_.Challenge(false), challenge_);
}

TEST_F(Digest, EachCountOfANonceIsAcceptedOnceAlsoOutOfOrder) {
  for (const int count : {1, 2, 5, 3, 100, 64}) {
    EXPECT_EQ(Check(AnswerTo(challenge_, count)), DigestGuard::Verdict::kRight) << count;
    EXPECT_EQ(Check(AnswerTo(challenge_, count)), DigestGuard::Verdict::kStale) << count;
  }
  const auto oldest = 100 - static_cast<int>(DigestGuard::kCountsBack);
  EXPECT_EQ(Check(AnswerTo(challenge_, oldest)), DigestGuard::Verdict::kRight);
  EXPECT_EQ(Check(AnswerTo(challenge_, oldest - 1)), DigestGuard::Verdict::kStale);
}

TEST_F(Digest, ANonceLivesTenMinutesAndThenIsStale) {
  const auto life = DigestGuard::kNonceSeconds * kMicrosPerSecond;
  clock_.Advance(life);
  EXPECT_EQ(Check(AnswerTo(challenge_)), DigestGuard::Verdict::kRight);
  clock_.Advance(1);
  EXPECT_EQ(Check(AnswerTo(challenge_, 2)), DigestGuard::Verdict::kStale);
}

TEST_F(Digest, WhatTheClientDidNotSignIsWrong) {
  const DigestFields right = AnswerTo(challenge_);
  std::vector<DigestFields> wrong(9, right);
  wrong[0].response.back() = wrong[0].response.back() == '0' ? '1' : '0';
  wrong[1].nc = "00000002";
  wrong[2].uri = "/other";
  Sign(wrong[2]);
  wrong[3].realm = "other";
  wrong[4].qop = "";
  Sign(wrong[4]);
  wrong[5].nc = "00000000";
  Sign(wrong[5]);
  wrong[6].nc = "1";
  Sign(wrong[6]);
  wrong[7].algorithm = "SHA-256";
  wrong[8].cnonce = "";
  Sign(wrong[8]);
  for (const auto& fields : wrong) EXPECT_EQ(Check(fields), DigestGuard::Verdict::kWrong);
  EXPECT_EQ(Check(right), DigestGuard::Verdict::kRight) << "wrong answers use nothing up";
}

TEST_F(Digest, ANonceThatWeDidNotMakeIsStaleSoThatClientsGoOnAfterARestart) {
  const DigestGuard before("DJANGO", std::string(32, 'o'), clock_);
  EXPECT_EQ(Check(AnswerTo(before.Challenge(false))), DigestGuard::Verdict::kStale);
}

TEST_F(Digest, AForgottenNonceCannotBeReplayed) {
  EXPECT_EQ(Check(AnswerTo(challenge_)), DigestGuard::Verdict::kRight);
  for (std::size_t i = 0; i < DigestGuard::kNoncesMax; ++i) {
    clock_.Advance(1);
    ASSERT_EQ(Check(AnswerTo(guard_.Challenge(false))), DigestGuard::Verdict::kRight);
  }
  EXPECT_EQ(Check(AnswerTo(challenge_)), DigestGuard::Verdict::kStale);
}

}  // namespace
}  // namespace outpost::http
