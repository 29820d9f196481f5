#include "services/mobile/apps/thumbnails.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>

#include "base/problem.h"
#include "domain/people/testing/people_world.h"

namespace outpost::mobile {
namespace {

TEST(ThumbSide, IsTheGreatestSizeThatIsNotAbove) {
  EXPECT_EQ(ThumbSide("64"), 64);
  EXPECT_EQ(ThumbSide("100"), 96);
  EXPECT_EQ(ThumbSide("1"), 1);
  EXPECT_EQ(ThumbSide("7"), 4);
  EXPECT_EQ(ThumbSide("9999999999"), 1024);
}

TEST(ThumbSide, WhatIsNoSizeAsksForTheWhole) {
  for (const auto* wanted : {"", "0", "-5", "big", "64px", "99999999999999999999"}) {
    EXPECT_EQ(ThumbSide(wanted), 0) << wanted;
  }
}

/// A server's stores with one file that is no picture, and the thread that makes them smaller.
struct ThumbnailsTest : testing::Test {
  ThumbnailsTest() {
    const auto blob = blobs.Prepare("no picture");
    world.Write([&](sql::Batch& batch) { blobs.Keep(batch, blob); });
    media.blob = blob.id;
    media.length = blob.length;
  }

  sql_testing::ScratchDatabase scratch{sql::Engine::kSqlite};
  people_testing::PeopleWorld world{scratch};
  blobs::BlobStore blobs{scratch.folder() / "blobs"};
  apps::Media media;
  std::optional<Thumbnails> thumbnails{std::in_place, *world.database, blobs};
};

TEST_F(ThumbnailsTest, SoManyWaitAndNotOneMore) {
  std::promise<void> is_made, may_go_on, are_all_made;
  thumbnails->Get(media, 1, [&](const Thumbnails::Made& made) {
    EXPECT_EQ(made, nullptr) << "no picture";
    is_made.set_value();
    may_go_on.get_future().wait();
  });
  is_made.get_future().wait();
  std::atomic<std::size_t> answered = 0;
  const auto count = [&](const Thumbnails::Made&) {
    if (++answered == Thumbnails::kWaitingMax) are_all_made.set_value();
  };
  for (std::size_t i = 0; i < Thumbnails::kWaitingMax; ++i) thumbnails->Get(media, 2, count);
  EXPECT_THROW(thumbnails->Get(media, 2, count), Problem);
  bool is_known = false;
  thumbnails->Get(media, 1, [&](const Thumbnails::Made&) { is_known = true; });
  EXPECT_TRUE(is_known) << "what was made is answered at once";
  may_go_on.set_value();
  are_all_made.get_future().wait();
  thumbnails->Stop();
  EXPECT_THROW(thumbnails->Get(media, 4, count), Problem);
}

TEST_F(ThumbnailsTest, LargerFilesAreNotLookedInto) {
  const auto here = std::this_thread::get_id();
  const auto thread_that_answers = [&](std::int64_t length) {
    media.length = length;
    std::promise<std::thread::id> where;
    thumbnails->Get(media, 8,
                    [&](const Thumbnails::Made&) { where.set_value(std::this_thread::get_id()); });
    return where.get_future().get();
  };
  EXPECT_EQ(thread_that_answers(Thumbnails::kSourceBytesMax + 1), here);
  EXPECT_NE(thread_that_answers(Thumbnails::kSourceBytesMax), here);
}

}  // namespace
}  // namespace outpost::mobile
