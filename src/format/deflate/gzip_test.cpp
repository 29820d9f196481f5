#include "format/deflate/gzip.h"

#include <gtest/gtest.h>

namespace outpost::deflate {
namespace {

std::string Decode(std::string_view bytes, std::size_t step, Gunzip::State& state) {
  Gunzip gunzip;
  std::string out;
  const Gunzip::Sink sink = [&out](std::string_view piece) {
    out += piece;
    return true;
  };
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    state = gunzip.Feed(bytes.substr(at, step), sink);
    if (state == Gunzip::State::kBroken) break;
  }
  return out;
}

std::string SomeText() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 7919) + ' ';
  return text;
}

TEST(Gzip, WhatWasPackedComesBackInPiecesOfAnySize) {
  const std::string text = SomeText();
  const std::string packed = Gzip(text);
  EXPECT_LT(packed.size(), text.size());
  for (const std::size_t step :
       {std::size_t{1}, std::size_t{7}, std::size_t{4096}, packed.size()}) {
    auto state = Gunzip::State::kOpen;
    EXPECT_EQ(Decode(packed, step, state), text);
    EXPECT_EQ(state, Gunzip::State::kComplete);
  }
}

TEST(Gzip, NothingPacksToAMemberOfNothing) {
  auto state = Gunzip::State::kOpen;
  EXPECT_EQ(Decode(Gzip(""), 5, state), "");
  EXPECT_EQ(state, Gunzip::State::kComplete);
}

TEST(Gzip, MembersFollowEachOtherAsOneText) {
  auto state = Gunzip::State::kOpen;
  EXPECT_EQ(Decode(Gzip("first ") + Gzip("second"), 3, state), "first second");
  EXPECT_EQ(state, Gunzip::State::kComplete);
}

TEST(Gzip, ACutStreamIsNotComplete) {
  const std::string packed = Gzip(SomeText());
  auto state = Gunzip::State::kComplete;
  Decode(std::string_view(packed).substr(0, packed.size() - 1), 1000, state);
  EXPECT_EQ(state, Gunzip::State::kOpen);
}

TEST(Gzip, DamageAndForeignBytesAreBroken) {
  std::string damaged = Gzip(SomeText());
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);  // the checksum
  for (const std::string& bytes : {damaged, std::string("plain text"), Gzip("x") + "tail"}) {
    auto state = Gunzip::State::kOpen;
    Decode(bytes, bytes.size(), state);
    EXPECT_EQ(state, Gunzip::State::kBroken);
  }
}

TEST(Gzip, TheSinkStopsABombAfterOnePiece) {
  std::string zeros;
  zeros.resize(50'000'000, '0');
  const std::string bomb = Gzip(zeros, 9);
  std::size_t taken = 0;
  Gunzip gunzip;
  const auto state = gunzip.Feed(bomb, [&taken](std::string_view piece) {
    taken += piece.size();
    return false;
  });
  EXPECT_EQ(state, Gunzip::State::kStopped);
  EXPECT_LE(taken, Gunzip::kPieceBytesMax);
}

}  // namespace
}  // namespace outpost::deflate
