#include "format/qr/qr.h"

#include <png.h>

#include <qrcodegen/qrcodegen.hpp>
#include <vector>

#include "base/problem.h"

namespace outpost::qr {
namespace {

qrcodegen::QrCode Encode(std::string_view text) {
  if (text.size() > kTextBytesMax) {
    throw Problem(ProblemKind::kTooLarge, "The text is too long for a QR code.");
  }
  return qrcodegen::QrCode::encodeText(std::string(text).c_str(), qrcodegen::QrCode::Ecc::MEDIUM);
}

}  // namespace

std::string Png(std::string_view text) {
  const auto code = Encode(text);
  const int modules = code.getSize() + 2 * kQuietModules;
  const int side = modules * kModulePixels;
  std::vector<png_byte> pixels(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const bool is_dark =
          code.getModule(x / kModulePixels - kQuietModules, y / kModulePixels - kQuietModules);
      pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(side) +
             static_cast<std::size_t>(x)] = is_dark ? 0x00 : 0xff;
    }
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = image.height = static_cast<png_uint_32>(side);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t length = 0;
  std::string bytes;
  bool is_written =
      png_image_write_to_memory(&image, nullptr, &length, 0, pixels.data(), 0, nullptr) != 0;
  if (is_written) {
    bytes.resize(length);
    is_written =
        png_image_write_to_memory(&image, bytes.data(), &length, 0, pixels.data(), 0, nullptr) != 0;
  }
  if (!is_written) {
    throw Problem(ProblemKind::kInternal, "The QR code could not be drawn.", image.message);
  }
  return bytes;
}

std::string Svg(std::string_view text) {
  const auto code = Encode(text);
  const auto modules = std::to_string(code.getSize() + 2 * kQuietModules);
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + modules + " " + modules +
      "\" class=\"code\" shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"QR code\">"
      "<path fill=\"#fff\" d=\"M0 0h" +
      modules + "v" + modules + "H0z\"/><path d=\"";
  for (int y = 0; y < code.getSize(); ++y) {
    for (int x = 0; x < code.getSize(); ++x) {
      if (!code.getModule(x, y)) continue;
      svg += "M" + std::to_string(x + kQuietModules) + " " + std::to_string(y + kQuietModules) +
             "h1v1h-1z";
    }
  }
  return svg + "\"/></svg>";
}

}  // namespace outpost::qr
