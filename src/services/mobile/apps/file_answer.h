#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "store/blobs/blobs.h"
#include "store/sql/connection.h"

/// Stored files as answers: conditional, in parts, packed, and cached as long as they are the same.
namespace outpost::mobile {

enum class Caching : std::uint8_t {
  kForever,  // the address names the content
  kMinute,   // the address names something that hardly changes
  kNever,
};

struct StoredFile {
  std::string blob;
  std::string packed;  // blob in gzip; "" without one
  std::string content_type;
  std::string save_as;  // file name for Content-Disposition; "" to show it
  Caching caching = Caching::kNever;
};

/// 200, 206, 304 or 416. No browser runs what is in the file.
http::Response AnswerFile(sql::Connection& connection, const blobs::BlobStore& blobs,
                          const http::Request& request, const StoredFile& file);

/// 200 or 304 with bytes that were made from a file; `file.blob` names them.
http::Response AnswerBytes(const http::Request& request, std::string bytes, const StoredFile& file);

/// One range of a file, as asked for by a Range header; several at once are not understood and get
/// the whole.
struct ByteRange {
  std::int64_t offset = 0;
  std::int64_t length = 0;
};
enum class RangeVerdict : std::uint8_t { kWhole, kPart, kOutside };
RangeVerdict ReadRange(std::string_view header, std::int64_t length, ByteRange& range);

}  // namespace outpost::mobile
