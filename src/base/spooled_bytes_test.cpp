#include "base/spooled_bytes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/problem.h"

namespace outpost {
namespace {

std::string ReadBack(const SpooledBytes& spooled) {
  if (spooled.in_memory()) return std::string(spooled.bytes());
  std::string out(static_cast<std::size_t>(spooled.length()), '\0');
  const int file = spooled.Open();
  EXPECT_EQ(pread(file, out.data(), out.size(), 0), static_cast<ssize_t>(out.size()));
  close(file);
  return out;
}

TEST(SpooledBytes, StayInMemoryUpToTheLimitAndGoToAFileAboveIt) {
  const std::string full(SpooledBytes::kMemoryBytesMax, 'a');
  SpooledBytes spooled(testing::TempDir());
  spooled.Append(full);
  EXPECT_TRUE(spooled.in_memory());
  spooled.Append("b");
  EXPECT_FALSE(spooled.in_memory());
  spooled.Append("c");
  EXPECT_EQ(spooled.length(), static_cast<std::int64_t>(full.size() + 2));
  EXPECT_EQ(ReadBack(spooled), full + "bc");
  EXPECT_EQ(ReadBack(spooled), full + "bc");
}

TEST(SpooledBytes, AFolderThatIsNotThereIsSaid) {
  SpooledBytes spooled("/nowhere/at/all");
  spooled.Append("few");
  EXPECT_THROW(spooled.Append(std::string(SpooledBytes::kMemoryBytesMax, 'x')), Problem);
}

}  // namespace
}  // namespace outpost
