#include "format/qr/qr.h"

#include <gtest/gtest.h>
#include <png.h>

#include <vector>

#include "base/problem.h"

namespace outpost::qr {
namespace {

TEST(Qr, IsAPngOfWholeModulesWithAQuietZone) {
  const auto png = Png("https://outpost.example/a/demo/apps/download/x/profile.ccpr");
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_memory(&image, png.data(), png.size()), 0);
  EXPECT_EQ(image.width, image.height);
  EXPECT_EQ(image.width % kModulePixels, 0u);
  image.format = PNG_FORMAT_GRAY;
  std::vector<png_byte> pixels(PNG_IMAGE_SIZE(image));
  ASSERT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0);
  const auto at = [&](int module_x, int module_y) {
    const auto x = static_cast<std::size_t>(module_x * kModulePixels);
    const auto y = static_cast<std::size_t>(module_y * kModulePixels);
    return pixels[y * image.width + x];
  };
  EXPECT_EQ(at(0, 0), 0xff) << "quiet zone";
  EXPECT_EQ(at(kQuietModules, kQuietModules), 0x00) << "corner of the finder";
  EXPECT_EQ(at(kQuietModules + 1, kQuietModules + 1), 0xff) << "ring inside the finder";
}

TEST(Qr, ShowsTheSameModulesAsSvg) {
  const auto svg = Svg("x");
  EXPECT_NE(svg.find("viewBox=\"0 0 29 29\""), std::string::npos) << svg.substr(0, 90);
  EXPECT_NE(svg.find("M4 4h1v1h-1z"), std::string::npos);
}

TEST(Qr, RefusesATextThatIsTooLong) {
  EXPECT_NO_THROW(Png(std::string(kTextBytesMax, 'a')));
  EXPECT_THROW(Png(std::string(kTextBytesMax + 1, 'a')), Problem);
}

}  // namespace
}  // namespace outpost::qr
