#include "services/mobile/apps/file_answer.h"

#include <gtest/gtest.h>

namespace outpost::mobile {
namespace {

std::string Told(std::string_view header, std::int64_t length) {
  ByteRange range{0, length};
  switch (ReadRange(header, length, range)) {
    case RangeVerdict::kWhole:
      return "whole";
    case RangeVerdict::kOutside:
      return "outside";
    case RangeVerdict::kPart:
      break;
  }
  return std::to_string(range.offset) + "+" + std::to_string(range.length);
}

TEST(ByteRange, IsReadAsClientsResume) {
  EXPECT_EQ(Told("bytes=0-", 100), "0+100");
  EXPECT_EQ(Told("bytes=40-", 100), "40+60");
  EXPECT_EQ(Told("bytes=40-49", 100), "40+10");
  EXPECT_EQ(Told("bytes=40-4900", 100), "40+60");
  EXPECT_EQ(Told("bytes=-10", 100), "90+10");
  EXPECT_EQ(Told("bytes=-1000", 100), "0+100");
}

TEST(ByteRange, OutsideIsTold) {
  EXPECT_EQ(Told("bytes=100-", 100), "outside");
  EXPECT_EQ(Told("bytes=-0", 100), "outside");
  EXPECT_EQ(Told("bytes=0-", 0), "outside");
}

TEST(ByteRange, WhatIsNotUnderstoodGetsTheWhole) {
  EXPECT_EQ(Told("bytes=0-1,5-6", 100), "whole");
  EXPECT_EQ(Told("items=0-1", 100), "whole");
  EXPECT_EQ(Told("bytes=a-b", 100), "whole");
  EXPECT_EQ(Told("bytes=9-3", 100), "whole");
}

}  // namespace
}  // namespace outpost::mobile
