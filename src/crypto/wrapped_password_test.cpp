#include "crypto/wrapped_password.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace outpost::crypto {
namespace {

std::string Wrap(const std::string& password, const std::string& prefix,
                 const std::string& suffix) {
  return prefix + Base64Of(prefix + Base64Of(password) + suffix) + suffix;
}

TEST(WrappedPassword, GivesThePasswordInside) {
  for (const std::string password : {"", "x", "pässwörd", "a longer one with blanks"}) {
    EXPECT_EQ(UnwrapPassword(Wrap(password, "sha256$0a1b2c", "9f8e7d=")), password);
  }
}

TEST(WrappedPassword, WhatIsNotWrappedIsThePassword) {
  for (const std::string password :
       {"secret", "sha256$", "sha256$0a1b2c9f8e7d=", "sha256$0A1B2Cxxxx9f8e7d=",
        "sha256$0a1b2c!!!!9f8e7d=", "sha256$0a1b2ceHg=9f8e7d="}) {
    EXPECT_EQ(UnwrapPassword(password), password);
  }
  auto other = Wrap("secret", "sha256$0a1b2c", "9f8e7d=");
  other.replace(other.size() - 7, 6, "000000");
  EXPECT_EQ(UnwrapPassword(other), other) << "the ends inside are others";
}

}  // namespace
}  // namespace outpost::crypto
