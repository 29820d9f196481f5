#include "format/deflate/gzip_writer.h"

#include <gtest/gtest.h>

#include <string>

#include "format/deflate/gzip.h"

namespace outpost::deflate {
namespace {

std::string Unpacked(const std::string& packed) {
  std::string out;
  Gunzip gunzip;
  const auto state = gunzip.Feed(packed, [&](std::string_view piece) {
    out += piece;
    return true;
  });
  EXPECT_EQ(state, Gunzip::State::kComplete);
  return out;
}

TEST(GzipWriter, WhatIsWrittenInPiecesIsOneMember) {
  std::string packed, text;
  GzipWriter writer(1, [&](std::string_view piece) { packed += piece; });
  for (int i = 0; i < 20'000; ++i) {
    const std::string piece = "<case id=\"" + std::to_string(i * 7919) + "\"/>";
    text += piece;
    writer.Write(piece);
  }
  writer.Finish();
  EXPECT_EQ(Unpacked(packed), text);
  EXPECT_LT(packed.size(), text.size() / 2);
}

TEST(GzipWriter, NothingIsAMemberToo) {
  std::string packed;
  GzipWriter writer(1, [&](std::string_view piece) { packed += piece; });
  writer.Finish();
  EXPECT_EQ(Unpacked(packed), "");
}

TEST(GzipWriter, BytesThatDoNotShrinkComeThroughWhole) {
  std::string text(3'000'000, '\0');
  std::uint32_t state = 1;
  for (char& c : text) {
    state = state * 1'664'525U + 1'013'904'223U;
    c = static_cast<char>(state >> 24);
  }
  std::string packed;
  GzipWriter writer(1, [&](std::string_view piece) { packed += piece; });
  writer.Write(text);
  writer.Finish();
  EXPECT_EQ(Unpacked(packed), text);
}

}  // namespace
}  // namespace outpost::deflate
