#include "store/objects/listing.h"

#include <gtest/gtest.h>

#include <string>

#include "base/problem.h"

namespace outpost::objects {
namespace {

std::string Page(const std::string& inside) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
         inside + "</ListBucketResult>";
}

TEST(ListingTest, APageGivesItsObjectsAndTheNextToken) {
  const auto page = ReadListPage(
      Page("<Name>b</Name><IsTruncated>true</IsTruncated>"
           "<Contents><Key>p/log/1</Key><Size>12</Size><ETag>&quot;x&quot;</ETag></Contents>"
           "<Contents><Key>p/a &amp; b</Key><Size>0</Size></Contents>"
           "<NextContinuationToken>1/abc==</NextContinuationToken>"));
  ASSERT_EQ(page.objects.size(), 2U);
  EXPECT_EQ(page.objects[0].key, "p/log/1");
  EXPECT_EQ(page.objects[0].bytes, 12);
  EXPECT_EQ(page.objects[1].key, "p/a & b");
  EXPECT_EQ(page.next, "1/abc==");
}

TEST(ListingTest, TheLastPageHasNoNextToken) {
  const auto page = ReadListPage(
      Page("<IsTruncated>false</IsTruncated><NextContinuationToken>x</NextContinuationToken>"));
  EXPECT_TRUE(page.objects.empty());
  EXPECT_EQ(page.next, "");
}

TEST(ListingTest, EncodedKeysAreDecoded) {
  const auto page = ReadListPage(
      Page("<EncodingType>url</EncodingType><Contents><Key>a+b%2Bc%C3%A9/d</Key><Size>1</Size>"
           "</Contents>"));
  EXPECT_EQ(page.objects.at(0).key, "a b+cé/d");
}

TEST(ListingTest, WhatIsNoListOrContradictsItselfIsRefused) {
  for (const auto& text :
       {std::string(), std::string("not xml"), std::string("<html><body>proxy</body></html>"),
        Page("<IsTruncated>true</IsTruncated>"), Page("<Contents><Size>1</Size></Contents>"),
        Page("<Contents><Key>a</Key></Contents>"),
        Page("<Contents><Key>a</Key><Size>-1</Size></Contents>"),
        Page("<Contents><Key>a</Key><Size>1x</Size></Contents>"),
        std::string("<!DOCTYPE x [<!ENTITY a \"b\">]><ListBucketResult>&a;</ListBucketResult>")}) {
    try {
      ReadListPage(text);
      ADD_FAILURE() << "taken: " << text;
    } catch (const Problem& problem) {
      EXPECT_EQ(problem.kind(), ProblemKind::kMalformed) << text;
    }
  }
}

TEST(ListingTest, APageAtTheLimitIsReadAndOneAboveIsNot) {
  auto page = Page("");
  const auto end = page.size() - std::string("</ListBucketResult>").size();
  page.insert(end, kListPageBytesMax - page.size(), ' ');
  ASSERT_EQ(page.size(), kListPageBytesMax);
  EXPECT_TRUE(ReadListPage(page).objects.empty());
  page.insert(end, 1, ' ');
  EXPECT_THROW(ReadListPage(page), Problem);
}

TEST(ListingTest, ErrorsAreReadAndMadeHarmless) {
  const auto words = ReadErrorWords(
      "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'a' is "
      "wrong\nexpecting 'b'</Message><Region>eu-west-1</Region></Error>");
  EXPECT_EQ(words.code, "AuthorizationHeaderMalformed");
  EXPECT_EQ(words.message, "the region 'a' is wrong expecting 'b'");
  EXPECT_EQ(words.region, "eu-west-1");
  EXPECT_EQ(ReadErrorWords("<html/>").code, "");
  EXPECT_EQ(ReadErrorWords("").code, "");
  EXPECT_EQ(
      ReadErrorWords("<Error><Message>" + std::string(5'000, 'x') + "</Message></Error>").message,
      std::string(300, 'x'));
}

}  // namespace
}  // namespace outpost::objects
