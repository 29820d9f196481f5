#include "store/objects/signature.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/digests.h"

/// The examples that AWS publishes: "Signature Calculations for the Authorization Header" of the
/// S3 documentation, and get-vanilla of the Signature Version 4 test suite.
namespace outpost::objects {
namespace {

constexpr const char* kNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const Credentials kExample{
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", {}, {}};

SigningScope May24() { return {"us-east-1", *ParseDateTime("2013-05-24T00:00:00Z")}; }

std::string SignatureOf(const SignedParts& parts) {
  const auto header = Authorization(parts, kExample, May24());
  return header.substr(header.rfind('=') + 1);
}

SignedParts Parts(std::string_view method, const std::string& path, Pairs query, Pairs headers,
                  const std::string& hash) {
  headers.emplace_back("host", "examplebucket.s3.amazonaws.com");
  headers.emplace_back("x-amz-content-sha256", hash);
  headers.emplace_back("x-amz-date", SigningMoment(May24().at));
  return {method, path, std::move(query), std::move(headers), hash};
}

TEST(SignatureTest, GetOfAnObjectIsSignedAsPublished) {
  EXPECT_EQ(SignatureOf(Parts("GET", "/test.txt", {}, {{"range", "bytes=0-9"}}, kNothing)),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(SignatureTest, PutOfAnObjectIsSignedAsPublished) {
  const auto hash = crypto::Sha256Hex("Welcome to Amazon S3.");
  EXPECT_EQ(SignatureOf(Parts("PUT", EncodedPath("/test$file.text"), {},
                              {{"date", "Fri, 24 May 2013 00:00:00 GMT"},
                               {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                              hash)),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(SignatureTest, AParameterWithoutAValueIsSignedAsPublished) {
  EXPECT_EQ(SignatureOf(Parts("GET", "/", {{"lifecycle", ""}}, {}, kNothing)),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST(SignatureTest, AListIsSignedAsPublished) {
  EXPECT_EQ(SignatureOf(Parts("GET", "/", {{"prefix", "J"}, {"max-keys", "2"}}, {}, kNothing)),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(SignatureTest, TheWholeHeaderOfTheSuiteIsMade) {
  const SignedParts parts{"GET",
                          "/",
                          {},
                          {{"host", "example.amazonaws.com"}, {"x-amz-date", "20150830T123600Z"}},
                          kNothing};
  const SigningScope scope{"us-east-1", *ParseDateTime("2015-08-30T12:36:00Z"), "service"};
  EXPECT_EQ(Authorization(
                parts, {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", {}, {}}, scope),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
            "SignedHeaders=host;x-amz-date,"
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST(SignatureTest, EveryPartCounts) {
  const auto parts = Parts("PUT", "/a", {{"b", "c"}}, {{"d", "e"}}, kNothing);
  const auto signature = SignatureOf(parts);
  for (int i = 0; i < 5; ++i) {
    auto other = parts;
    if (i == 0) other.method = "GET";
    if (i == 1) other.path = "/b";
    if (i == 2) other.query[0].second = "d";
    if (i == 3) other.headers[0].second = "f";
    if (i == 4) other.body_sha256 = crypto::Sha256Hex("x");
    EXPECT_NE(SignatureOf(other), signature) << i;
  }
}

TEST(SignatureTest, BlanksOfHeadersAreSquashedAsTheRuleSays) {
  const auto plain = SignatureOf(Parts("GET", "/", {}, {{"my-header", "a b c"}}, kNothing));
  EXPECT_EQ(SignatureOf(Parts("GET", "/", {}, {{"my-header", "  a  b   c "}}, kNothing)), plain);
}

TEST(SignatureTest, PathsKeepTheirSlashesAndNothingElse) {
  EXPECT_EQ(EncodedPath("/a b/c+d/é"), "/a%20b/c%2Bd/%C3%A9");
  EXPECT_EQ(EncodedPath("/"), "/");
  EXPECT_EQ(EncodedPath("/bucket/log/5f/1-2.log"), "/bucket/log/5f/1-2.log");
  EXPECT_EQ(EncodedPath("/a//b"), "/a//b");
}

TEST(SignatureTest, QueriesAreSortedAfterTheyAreEncoded) {
  EXPECT_EQ(EncodedQuery({{"b", "x y"}, {"a=", "/"}, {"a", "2"}, {"a", "1"}}),
            "a=1&a=2&a%3D=%2F&b=x%20y");
}

}  // namespace
}  // namespace outpost::objects
