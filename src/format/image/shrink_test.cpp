#include "format/image/shrink.h"

#include <gtest/gtest.h>
#include <png.h>
#include <turbojpeg.h>

#include <functional>
#include <vector>

namespace outpost::image {
namespace {

using Paint = std::function<void(int x, int y, std::uint8_t* rgba)>;

std::string Png(int width, int height, const Paint& paint) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width * height) * 4);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      paint(x, y, pixels.data() + static_cast<std::size_t>(y * width + x) * 4);
    }
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGBA;
  png_alloc_size_t length = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(length, '\0');
  EXPECT_NE(png_image_write_to_memory(&image, bytes.data(), &length, 0, pixels.data(), 0, nullptr),
            0);
  bytes.resize(length);
  return bytes;
}

std::string Grey(int width, int height) {
  return Png(width, height, [](int, int, std::uint8_t* pixel) {
    pixel[0] = pixel[1] = pixel[2] = 128;
    pixel[3] = 255;
  });
}

struct Read {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgba;
};
Read ReadPng(const std::string& bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()), 0);
  image.format = PNG_FORMAT_RGBA;
  Read read{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  read.rgba.resize(PNG_IMAGE_SIZE(image));
  EXPECT_NE(png_image_finish_read(&image, nullptr, read.rgba.data(), 0, nullptr), 0);
  return read;
}

std::string Jpeg(int width, int height) {
  const std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width * height) * 3, 200);
  const auto handle = tjInitCompress();
  unsigned char* made = nullptr;
  unsigned long length = 0;
  EXPECT_EQ(tjCompress2(handle, pixels.data(), width, 0, height, TJPF_RGB, &made, &length,
                        TJSAMP_420, 80, 0),
            0);
  std::string bytes(reinterpret_cast<const char*>(made), length);
  tjFree(made);
  tjDestroy(handle);
  return bytes;
}

std::pair<int, int> SizeOfJpeg(const std::string& bytes) {
  const auto handle = tjInitDecompress();
  int width = 0;
  int height = 0;
  int sampling = 0;
  int colours = 0;
  tjDecompressHeader3(handle, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      &width, &height, &sampling, &colours);
  tjDestroy(handle);
  return {width, height};
}

TEST(Shrink, KeepsTheProportions) {
  const auto wide = Shrink(Grey(200, 100), 50);
  ASSERT_TRUE(wide);
  EXPECT_EQ(ReadPng(*wide).width, 50);
  EXPECT_EQ(ReadPng(*wide).height, 25);
  const auto line = Shrink(Grey(300, 1), 10);
  ASSERT_TRUE(line);
  EXPECT_EQ(ReadPng(*line).width, 10);
  EXPECT_EQ(ReadPng(*line).height, 1) << "never nothing";
  const auto jpeg = Shrink(Jpeg(400, 300), 100);
  ASSERT_TRUE(jpeg);
  EXPECT_EQ(SizeOfJpeg(*jpeg), std::pair(100, 75));
}

TEST(Shrink, APixelIsTheMeanOfThoseItStandsForAndClearOnesLendNoColour) {
  const auto picture = Png(4, 2, [](int x, int, std::uint8_t* pixel) {
    const bool is_left = x < 2;
    const bool is_clear = x == 3;
    pixel[0] = is_left ? (x == 0 ? 0 : 200) : (is_clear ? 255 : 40);
    pixel[1] = pixel[2] = pixel[0];
    pixel[3] = is_clear ? 0 : 255;
  });
  const auto small = Shrink(picture, 2);
  ASSERT_TRUE(small);
  const auto read = ReadPng(*small);
  ASSERT_EQ(read.rgba.size(), 8u);
  EXPECT_EQ(read.rgba[0], 100);
  EXPECT_EQ(read.rgba[3], 255);
  EXPECT_EQ(read.rgba[4], 40);
  EXPECT_EQ(read.rgba[7], 127);
}

TEST(Shrink, WhatFitsOrIsNoPictureIsLeft) {
  EXPECT_FALSE(Shrink(Grey(50, 20), 50));
  EXPECT_TRUE(Shrink(Grey(51, 20), 50));
  EXPECT_FALSE(Shrink(Jpeg(32, 32), 32));
  EXPECT_FALSE(Shrink("", 10));
  EXPECT_FALSE(Shrink("<svg xmlns='http://www.w3.org/2000/svg'/>", 10));
}

TEST(Shrink, BrokenPicturesAreLeft) {
  const auto png = Grey(100, 100);
  EXPECT_FALSE(Shrink(png.substr(0, 20), 10));
  EXPECT_FALSE(Shrink(png.substr(0, png.size() / 2), 10));
  const auto jpeg = Jpeg(100, 100);
  EXPECT_FALSE(Shrink(jpeg.substr(0, 20), 10));
  EXPECT_FALSE(Shrink("\xff\xd8\xff nothing of a picture", 10));
}

/// Its head says this size; there is next to nothing behind it.
std::string Bomb(std::uint32_t width, std::uint32_t height) {
  auto bytes = Grey(2, 2);
  const auto put = [&](std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
      bytes[at + i] = static_cast<char>(static_cast<std::uint8_t>(value >> (24 - 8 * i)));
    }
  };
  constexpr std::size_t kWidthAt = 16;
  put(kWidthAt, width);
  put(kWidthAt + 4, height);
  return bytes;
}

TEST(Shrink, APictureThatSaysItIsHugeIsNotUnpacked) {
  EXPECT_FALSE(Shrink(Bomb(100'000, 100'000), 10));
  EXPECT_FALSE(Shrink(Bomb(1'000'000, 1), 10)) << "libpng's own limit of a side";
}

TEST(Shrink, HasSoManyPixelsAndNotOneMore) {
  constexpr int kWidth = 4'000;
  constexpr int kHeight = static_cast<int>(kPixelsMax / kWidth);
  EXPECT_TRUE(Shrink(Jpeg(kWidth, kHeight), 100));
  EXPECT_FALSE(Shrink(Jpeg(kWidth, kHeight + 1), 100));
}

}  // namespace
}  // namespace outpost::image
