#include "format/zstd/zstd.h"

#include <gtest/gtest.h>

namespace outpost::zstd {
namespace {

TEST(Zstd, WhatIsPackedComesBackExactly) {
  for (const auto& bytes : {std::string(), std::string("x"), std::string(100'000, 'y')}) {
    EXPECT_EQ(Unpack(Pack(bytes), static_cast<std::int64_t>(bytes.size())), bytes);
  }
  EXPECT_LT(Pack(std::string(100'000, 'y')).size(), 1'000u);
}

TEST(Zstd, DamagedOrOtherwiseLongFramesAreNotTaken) {
  auto packed = Pack("some text of a form");
  EXPECT_FALSE(Unpack(packed, 18));
  EXPECT_FALSE(Unpack(packed, 20));
  EXPECT_FALSE(Unpack(packed.substr(1), 19));
  EXPECT_FALSE(Unpack("", 19));
}

}  // namespace
}  // namespace outpost::zstd
