#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Pictures made smaller. They come from outside: what they say about themselves is looked at
/// before a byte is unpacked.
namespace outpost::image {

/// Of the longer side, in pixels.
inline constexpr int kSideMax = 4'096;
/// A picture with more pixels is not unpacked. Interlaced and progressive ones are held whole,
/// which takes up to 6 bytes a pixel.
inline constexpr std::int64_t kPixelsMax = 16'000'000;

/// The picture with no side longer than `side` pixels, its proportions kept, as PNG or JPEG as it
/// was. None where it can or need not be made smaller: it fits already, is of another kind, is
/// broken, or has more than kPixelsMax.
///
/// Turning by EXIF is not carried over. Threads: any. Cost: about 10 ns a pixel.
/// @param side 1 to kSideMax
std::optional<std::string> Shrink(std::string_view bytes, int side);

}  // namespace outpost::image
