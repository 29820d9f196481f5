#include "store/sftp/packets.h"

#include <gtest/gtest.h>

#include <string>

#include "base/problem.h"

namespace outpost::sftp {
namespace {

using namespace std::string_literals;

TEST(PacketsTest, ARequestIsLaidOutAsTheDraftSays) {
  EXPECT_EQ(Packet(Kind::kInit, 3).Bytes(), "\0\0\0\5\1\0\0\0\3"s);
  EXPECT_EQ(Packet(Kind::kWrite, 7).Text("h").LargeNumber(0x1'0000'0002).Text("ab").Bytes(),
            "\0\0\0\x18\6\0\0\0\7\0\0\0\1h\0\0\0\1\0\0\0\2\0\0\0\2ab"s);
  EXPECT_EQ(Packet(Kind::kMkdir, 1).Text("d").Permissions(0700).Bytes(),
            "\0\0\0\x12\16\0\0\0\1\0\0\0\1d\0\0\0\4\0\0\1\xc0"s);
}

TEST(PacketsTest, AnswersAreRead) {
  const auto version = std::get<Version>(ReadAnswer("\2\0\0\0\3\0\0\0\3a@b\0\0\0\1"
                                                    "1"s)
                                             .body);
  EXPECT_EQ(version.version, 3U);
  EXPECT_EQ(version.extensions.at("a@b"), "1");

  const auto status = ReadAnswer("\x65\0\0\0\x9\0\0\0\2\0\0\0\4no\nx\0\0\0\0"s);
  EXPECT_EQ(status.id, 9U);
  EXPECT_EQ(std::get<Status>(status.body).code, kNoSuchFile);
  EXPECT_EQ(std::get<Status>(status.body).words, "no x");

  EXPECT_EQ(std::get<Handle>(ReadAnswer("\x66\0\0\0\1\0\0\0\2\0\1"s).body).handle, "\0\1"s);
  EXPECT_EQ(std::get<Data>(ReadAnswer("\x67\0\0\0\1\0\0\0\1z"s).body).bytes, "z");

  const auto attributes = std::get<Attributes>(
      ReadAnswer(
          "\x69\0\0\0\1\0\0\0\xf\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\x81\xa4\0\0\0\0\0\0\0\0"s)
          .body);
  EXPECT_EQ(attributes.bytes, 256U);
  EXPECT_TRUE(attributes.is_file());
  EXPECT_FALSE(attributes.is_folder());

  const auto names = std::get<Names>(
      ReadAnswer("\x68\0\0\0\1\0\0\0\1\0\0\0\1n\0\0\0\0\0\0\0\4\0\0\x41\xed"s).body);
  ASSERT_EQ(names.names.size(), 1U);
  EXPECT_EQ(names.names[0].name, "n");
  EXPECT_TRUE(names.names[0].attributes.is_folder());
}

TEST(PacketsTest, EveryAnswerThatIsCutShortIsRefused) {
  for (const auto& whole : {"\x65\0\0\0\x9\0\0\0\2\0\0\0\4no\nx"s, "\x66\0\0\0\1\0\0\0\2\0\1"s,
                            "\x68\0\0\0\1\0\0\0\1\0\0\0\1n\0\0\0\0\0\0\0\4\0\0\x41\xed"s,
                            "\x69\0\0\0\1\x80\0\0\0\0\0\0\1\0\0\0\1a\0\0\0\1b"s}) {
    EXPECT_NO_THROW(ReadAnswer(whole));
    for (std::size_t length = 0; length < whole.size(); ++length) {
      // A status without words is one of an old server.
      if (whole[0] == '\x65' && length == 9) continue;
      EXPECT_THROW(ReadAnswer(whole.substr(0, length)), Problem) << length;
    }
  }
  EXPECT_THROW(ReadAnswer("\x68\0\0\0\1\xff\xff\xff\xff"s), Problem);
  EXPECT_THROW(ReadAnswer("\x69\0\0\0\1\x80\0\0\0\xff\xff\xff\xff"s), Problem);
  EXPECT_THROW(ReadAnswer("\7\0\0\0\1"s), Problem);
}

TEST(PacketsTest, ALengthAtTheLimitIsTakenAndOneAboveIsNot) {
  EXPECT_EQ(LengthOf("\0\4\0\0"s), kPacketBytesMax);
  EXPECT_THROW(LengthOf("\0\4\0\1"s), Problem);
  EXPECT_THROW(LengthOf("\0\0\0\0"s), Problem);
  // What a shell prints at sign-in is no packet: "Welc".
  EXPECT_THROW(LengthOf("Welc"), Problem);
}

TEST(PacketsTest, FreeBytesAreBlocksForUsTimesTheirUnit) {
  std::string reply;
  for (const std::uint64_t number : {8'192ULL, 4'096ULL, 100ULL, 50ULL, 40ULL, 9ULL}) {
    for (int shift = 56; shift >= 0; shift -= 8) reply += static_cast<char>(number >> shift);
  }
  EXPECT_EQ(FreeBytesOf({reply}), 4'096 * 40);
  EXPECT_THROW(FreeBytesOf({reply.substr(0, 30)}), Problem);
  EXPECT_GT(FreeBytesOf({std::string(88, '\xff')}), 0);
}

}  // namespace
}  // namespace outpost::sftp
