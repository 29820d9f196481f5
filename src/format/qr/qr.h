#pragma once

#include <string>
#include <string_view>

/// QR codes as pictures (qrcodegen and libpng underneath).
namespace outpost::qr {

inline constexpr std::size_t kTextBytesMax = 2'000;
/// Side of one module, and of the quiet zone in modules (the standard asks for four).
inline constexpr int kModulePixels = 8;
inline constexpr int kQuietModules = 4;

/// A PNG with the text as a QR code that survives some dirt (error correction M).
/// @throws Problem kTooLarge over kTextBytesMax
std::string Png(std::string_view text);

/// The same as an SVG element that takes the size of its place.
std::string Svg(std::string_view text);

}  // namespace outpost::qr
