#include "crypto/passwords.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/clock.h"
#include "base/problem.h"

namespace outpost::crypto {

void PrintTo(PasswordVerdict verdict, std::ostream* out) {
  static constexpr std::string_view kNames[] = {"match", "no match", "unusable", "unknown format"};
  *out << kNames[static_cast<std::size_t>(verdict)];
}

namespace {

std::filesystem::path VectorFile() {
  const char* given = std::getenv("OUTPOST_CORPUS");
  return std::filesystem::path(given == nullptr ? OUTPOST_CORPUS_DEFAULT : given) /
         "operations/passwords/django-hash-vectors.json";
}

TEST(Passwords, EveryDjangoVectorOfTheCorpusIsDecidedAsItSays) {
  std::ifstream file(VectorFile());
  if (!file) GTEST_SKIP() << "no corpus: set OUTPOST_CORPUS";
  std::stringstream text;
  text << file.rdbuf();
  const auto cases = boost::json::parse(text.str()).at("cases").as_array();
  EXPECT_GE(cases.size(), 20U);
  for (const auto& entry : cases) {
    const std::string encoded(entry.at("encoded").as_string());
    const std::string password(entry.at("password").as_string());
    EXPECT_EQ(VerifyPassword(encoded, password) == PasswordVerdict::kMatch,
              entry.at("expect").as_string() == "match")
        << entry.at("note").as_string();
    const auto algorithm = entry.at("algorithm").as_string();
    if (algorithm == "unusable") {
      EXPECT_EQ(VerifyPassword(encoded, password), PasswordVerdict::kUnusable);
    } else if (algorithm == "unknown" || algorithm == "malformed") {
      EXPECT_EQ(VerifyPassword(encoded, password), PasswordVerdict::kUnknownFormat) << encoded;
    }
  }
}

TEST(Passwords, ANewHashMatchesItsPasswordOnly) {
  const auto started = SteadyMicros();
  const auto hash = HashPassword("korrekt ñ ");
  RecordProperty("hash_ms", static_cast<int>((SteadyMicros() - started) / 1000));
  EXPECT_TRUE(hash.starts_with("argon2id$$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
  EXPECT_TRUE(IsOurHash(hash));
  EXPECT_FALSE(IsOurHash("sha1$a$b"));
  EXPECT_EQ(VerifyPassword(hash, "korrekt ñ "), PasswordVerdict::kMatch);
  EXPECT_EQ(VerifyPassword(hash, "korrekt ñ"), PasswordVerdict::kNoMatch);
  EXPECT_NE(hash, HashPassword("korrekt ñ "));
}

TEST(Passwords, TheLongestPasswordWorksAndOneByteMoreIsRefused) {
  const std::string longest(kPasswordBytesMax, 'x');
  EXPECT_EQ(VerifyPassword(HashPassword(longest), longest), PasswordVerdict::kMatch);
  EXPECT_THROW(HashPassword(longest + "x"), Problem);
  EXPECT_EQ(VerifyPassword("75371e7e4287a757bf721d999f0e75d5", longest + "x"),
            PasswordVerdict::kNoMatch);
}

TEST(Passwords, BcryptCountsSeventyTwoBytesAndNothingAfterAZeroByteIsForgotten) {
  const std::string stored = "bcrypt$$2b$06$If6bvum7DFjUnE9p2uDeDuKCPmLkf0W86N5IVeVbPH/OUQY1AxU.2";
  EXPECT_EQ(VerifyPassword(stored, "abc123"), PasswordVerdict::kMatch);
  EXPECT_EQ(VerifyPassword(stored, std::string("abc123\0x", 8)), PasswordVerdict::kNoMatch);
  EXPECT_EQ(VerifyPassword(stored, std::string(600, 'a')), PasswordVerdict::kNoMatch);
}

TEST(Passwords, StoredTextsThatAskForTooMuchWorkOrAreBrokenAreUnknownFormats) {
  const auto ours = HashPassword("a");
  auto greedy = ours;
  greedy.replace(greedy.find("m=19456"), 7, "m=999999");
  const std::string broken[] = {
      "pbkdf2_sha256$2000000000$s$T1s5yX6qTssJBNX5rQX3wC/HL/w4bxvdPG9T0ZlE4lg=",
      "pbkdf2_sha256$0$s$T1s5yX6qTssJBNX5rQX3wC/HL/w4bxvdPG9T0ZlE4lg=",
      "pbkdf2_sha256$1$s$T1s5yX6qTssJBNX5rQX3wC",
      "pbkdf2_sha256$1$s",
      "bcrypt$$2b$31$If6bvum7DFjUnE9p2uDeDuKCPmLkf0W86N5IVeVbPH/OUQY1AxU.2",
      "bcrypt$$2b$06$short",
      "bcrypt$",
      "crypt$$ab1Hv2Lg7lt",
      "crypt$$*b1Hv2Lg7ltQo",
      "md5$q9$XYZ",
      "sha1$",
      "$",
      "argon2id$",
      "argon2id$$argon2id$v=19$m=19456,t=2,p=1$",
      greedy,
      "75371E7E4287A757BF721D999F0E75D5",
      std::string("md5$a\0$5628215b4d6ab2a35682ef4a1f309ab5", 40),
  };
  for (const auto& stored : broken) {
    EXPECT_NE(VerifyPassword(stored, "a"), PasswordVerdict::kMatch) << stored;
    if (!stored.ends_with("p=1$")) {
      EXPECT_EQ(VerifyPassword(stored, "a"), PasswordVerdict::kUnknownFormat) << stored;
    }
  }
}

}  // namespace
}  // namespace outpost::crypto
