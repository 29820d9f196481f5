#include "base/spooled_bytes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/problem.h"

namespace outpost {
namespace {

TEST(SpooledBytes, StayInMemoryUpToTheLimitAndGoToAFileAboveIt) {
  const std::string full(SpooledBytes::kMemoryBytesMax, 'a');
  SpooledBytes spooled(testing::TempDir());
  spooled.Append(full);
  EXPECT_TRUE(spooled.in_memory());
  spooled.Append("b");
  EXPECT_FALSE(spooled.in_memory());
  spooled.Append("c");
  EXPECT_EQ(spooled.length(), static_cast<std::int64_t>(full.size() + 2));
  EXPECT_EQ(spooled.ReadAll(), full + "bc");
  const int file = spooled.Open();
  std::string last(2, ' ');
  EXPECT_EQ(pread(file, last.data(), 2, static_cast<off_t>(full.size())), 2);
  EXPECT_EQ(last, "bc");
  close(file);
}

TEST(SpooledBytes, AFolderThatIsNotThereIsSaid) {
  SpooledBytes spooled("/nowhere/at/all");
  spooled.Append("few");
  EXPECT_THROW(spooled.Append(std::string(SpooledBytes::kMemoryBytesMax, 'x')), Problem);
}

}  // namespace
}  // namespace outpost
