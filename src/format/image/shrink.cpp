#include "format/image/shrink.h"

#include <png.h>
#include <turbojpeg.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/problem.h"

namespace outpost::image {
namespace {

constexpr std::string_view kPngLead = "\x89PNG\r\n\x1a\n";
constexpr std::string_view kJpegLead = "\xff\xd8\xff";
constexpr int kJpegQuality = 85;
constexpr std::size_t kColoursMax = 4;  // bytes of a pixel

struct Pixels {
  int width = 0, height = 0;
  std::size_t colours = 0;          // bytes of a pixel; the fourth is how opaque it is
  std::vector<std::uint8_t> bytes;  // row by row

  std::size_t row_bytes() const { return static_cast<std::size_t>(width) * colours; }
  void Resize() { bytes.resize(row_bytes() * static_cast<std::size_t>(height)); }
};

struct Size {
  int width = 0, height = 0;
};

bool IsTooLarge(std::int64_t width, std::int64_t height) {
  return width < 1 || height < 1 || width > kPixelsMax / height;
}

/// With the longer side as asked for, none below 1.
Size Fitted(Size size, int side) {
  const auto scaled = [&](int length) {
    const auto longer = std::max(size.width, size.height);
    return static_cast<int>(
        std::max<std::int64_t>(std::int64_t{length} * side / longer, std::int64_t{1}));
  };
  return {scaled(size.width), scaled(size.height)};
}

/// One pixel of the smaller picture: the mean of those it stands for, where clear ones lend no
/// colour.
void Average(const Pixels& from, int left, int right, int top, int bottom, std::uint8_t* to) {
  std::uint64_t sums[kColoursMax] = {};
  std::uint64_t weight = 0;
  std::uint64_t count = 0;
  for (int y = top; y < bottom; ++y) {
    const auto* pixel = from.bytes.data() + static_cast<std::size_t>(y) * from.row_bytes() +
                        static_cast<std::size_t>(left) * from.colours;
    for (int x = left; x < right; ++x, pixel += from.colours) {
      const std::uint64_t opaque = from.colours == kColoursMax ? pixel[kColoursMax - 1] : 255;
      for (std::size_t i = 0; i < kColoursMax - 1; ++i) sums[i] += pixel[i] * opaque;
      weight += opaque;
      ++count;
    }
  }
  for (std::size_t i = 0; i < kColoursMax - 1; ++i) {
    to[i] = weight == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(sums[i] / weight);
  }
  if (from.colours == kColoursMax) to[kColoursMax - 1] = static_cast<std::uint8_t>(weight / count);
}

Pixels Scaled(const Pixels& from, Size size) {
  Pixels to;
  to.width = size.width;
  to.height = size.height;
  to.colours = from.colours;
  to.Resize();
  const auto at = [](int index, int of, int length) {
    return static_cast<int>(std::int64_t{index} * length / of);
  };
  auto* pixel = to.bytes.data();
  for (int y = 0; y < to.height; ++y) {
    const int top = at(y, to.height, from.height);
    const int bottom = std::max(at(y + 1, to.height, from.height), top + 1);
    for (int x = 0; x < to.width; ++x, pixel += to.colours) {
      const int left = at(x, to.width, from.width);
      const int right = std::max(at(x + 1, to.width, from.width), left + 1);
      Average(from, left, right, top, bottom, pixel);
    }
  }
  return to;
}

std::string WritePng(const Pixels& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(pixels.width);
  image.height = static_cast<png_uint_32>(pixels.height);
  image.format = pixels.colours == kColoursMax ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  png_alloc_size_t length = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(length, '\0');
  const bool is_written = png_image_write_to_memory(&image, bytes.data(), &length, 0,
                                                    pixels.bytes.data(), 0, nullptr) != 0;
  if (!is_written) {
    throw Problem(ProblemKind::kInternal, "The picture could not be written.", image.message);
  }
  bytes.resize(length);
  return bytes;
}

std::optional<std::string> ShrinkPng(std::string_view bytes, int side) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  // Frees what the image holds on every way out.
  const std::unique_ptr<png_image, void (*)(png_image*)> frees(
      &image, [](png_image* one) { png_image_free(one); });
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) {
    return std::nullopt;
  }
  if (IsTooLarge(image.width, image.height)) return std::nullopt;
  Pixels pixels;
  pixels.width = static_cast<int>(image.width);
  pixels.height = static_cast<int>(image.height);
  if (std::max(pixels.width, pixels.height) <= side) return std::nullopt;
  const bool has_clear = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  image.format = has_clear ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  pixels.colours = has_clear ? kColoursMax : kColoursMax - 1;
  pixels.Resize();
  if (png_image_finish_read(&image, nullptr, pixels.bytes.data(), 0, nullptr) == 0) {
    return std::nullopt;
  }
  return WritePng(Scaled(pixels, Fitted({pixels.width, pixels.height}, side)));
}

using Turbo = std::unique_ptr<void, void (*)(tjhandle)>;

Turbo NewTurbo(tjhandle handle) {
  if (handle == nullptr) {
    throw Problem(ProblemKind::kInternal, "The picture could not be read.", "no memory");
  }
  return {handle, [](tjhandle one) { tjDestroy(one); }};
}

std::string WriteJpeg(const Pixels& pixels) {
  const auto turbo = NewTurbo(tjInitCompress());
  unsigned long length = 0;
  unsigned char* made = nullptr;
  const int code = tjCompress2(turbo.get(), pixels.bytes.data(), pixels.width, 0, pixels.height,
                               TJPF_RGB, &made, &length, TJSAMP_420, kJpegQuality, 0);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> frees(
      made, [](unsigned char* one) { tjFree(one); });
  if (code != 0) {
    throw Problem(ProblemKind::kInternal, "The picture could not be written.",
                  tjGetErrorStr2(turbo.get()));
  }
  return {reinterpret_cast<const char*>(made), length};
}

/// The unpacker can leave out detail by eighths: the smallest that is not below what is wanted.
Size Unpacked(Size whole, Size wanted) {
  Size best = whole;
  int count = 0;
  const auto* factors = tjGetScalingFactors(&count);
  for (int i = 0; i < count; ++i) {
    const Size scaled{TJSCALED(whole.width, factors[i]), TJSCALED(whole.height, factors[i])};
    const bool is_enough = scaled.width >= wanted.width && scaled.height >= wanted.height;
    if (is_enough && scaled.width < best.width) best = scaled;
  }
  return best;
}

std::optional<std::string> ShrinkJpeg(std::string_view bytes, int side) {
  const auto turbo = NewTurbo(tjInitDecompress());
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  Size whole;
  int sampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(turbo.get(), data, bytes.size(), &whole.width, &whole.height, &sampling,
                          &colours) != 0) {
    return std::nullopt;
  }
  if (IsTooLarge(whole.width, whole.height)) return std::nullopt;
  if (std::max(whole.width, whole.height) <= side) return std::nullopt;
  const auto wanted = Fitted(whole, side);
  const auto unpacked = Unpacked(whole, wanted);
  Pixels pixels;
  pixels.width = unpacked.width;
  pixels.height = unpacked.height;
  pixels.colours = kColoursMax - 1;
  pixels.Resize();
  const int code = tjDecompress2(turbo.get(), data, bytes.size(), pixels.bytes.data(), pixels.width,
                                 0, pixels.height, TJPF_RGB, TJFLAG_LIMITSCANS);
  // A picture that was cut off is shown as far as it came, as browsers do.
  if (code != 0 && tjGetErrorCode(turbo.get()) == TJERR_FATAL) return std::nullopt;
  return WriteJpeg(Scaled(pixels, wanted));
}

}  // namespace

std::optional<std::string> Shrink(std::string_view bytes, int side) {
  OUTPOST_CHECK(side >= 1 && side <= kSideMax);
  if (bytes.starts_with(kPngLead)) return ShrinkPng(bytes, side);
  if (bytes.starts_with(kJpegLead)) return ShrinkJpeg(bytes, side);
  return std::nullopt;
}

}  // namespace outpost::image
