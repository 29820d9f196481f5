#include "crypto/digests.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"

namespace outpost::crypto {
namespace {

TEST(Digests, AgreeWithTheirPublishedValues) {
  EXPECT_EQ(Md5Hex(""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(HexOf(Sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, test case 2.
  EXPECT_EQ(HexOf(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digests, KeyedHashesDependOnKeyAndBytes) {
  const std::string key(32, 'k');
  EXPECT_EQ(KeyedHash(key, "a"), KeyedHash(key, "a"));
  EXPECT_NE(KeyedHash(key, "a"), KeyedHash(key, "b"));
  EXPECT_NE(KeyedHash(key, "a"), KeyedHash(std::string(32, 'l'), "a"));
}

TEST(Digests, ConstantTimeEqualityIsEquality) {
  EXPECT_TRUE(EqualsConstantTime("", ""));
  EXPECT_TRUE(EqualsConstantTime("abc", "abc"));
  EXPECT_FALSE(EqualsConstantTime("abc", "abd"));
  EXPECT_FALSE(EqualsConstantTime("abc", "abcd"));
}

TEST(Tokens, HaveTheirShapeAndDoNotRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto key = NewApiKey();
    EXPECT_EQ(key.size(), 40U);
    EXPECT_EQ(key.find_first_not_of("0123456789abcdef"), std::string::npos);
    const auto token = NewToken();
    EXPECT_EQ(token.size(), 43U);
    EXPECT_EQ(PercentEncode(token), token);
    const auto password = NewPassword();
    EXPECT_EQ(password.size(), 19U) << password;
    EXPECT_EQ(password.find_first_of("Il1O0"), std::string::npos) << password;
    EXPECT_TRUE(seen.insert(key).second && seen.insert(token).second &&
                seen.insert(password).second);
  }
}

}  // namespace
}  // namespace outpost::crypto
