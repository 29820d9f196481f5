#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

/// multipart/form-data (RFC 7578) over a complete body, which may be a file: parts are named by
/// their place, nothing is copied. Memory: 64 kB and the part heads.
///
/// Lines end in CRLF: every client we serve sends it, and a bare LF would make a boundary out of
/// user text. Names, file names and types come as sent, made storable (base/storable_text.h):
/// whoever makes paths of them must clean them.
namespace outpost::http {

inline constexpr std::size_t kPartsMax = 1'000;
inline constexpr std::size_t kPartHeadBytesMax = 16 * 1024;
inline constexpr std::size_t kBoundaryBytesMax = 200;  // RFC 2046 says 70; some clients send more

struct Part {
  std::string name;
  bool has_filename = false;
  std::string filename;      // filename* (RFC 2231, UTF-8) before filename
  std::string content_type;  // "" when the part has none
  std::int64_t offset = 0;   // of its bytes in the body
  std::int64_t length = 0;
};

/// The boundary of a Content-Type value, empty when it is not multipart/form-data with a boundary.
std::string BoundaryOf(std::string_view content_type);

/// The parts in the order of the body, duplicates included.
/// @throws Problem kMalformed when the body does not follow the format (no closing boundary, part
///         without a name, too many parts, part head too long).
std::vector<Part> ParseMultipart(const Body& body, std::string_view boundary);

}  // namespace outpost::http
