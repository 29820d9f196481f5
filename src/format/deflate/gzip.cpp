#include "format/deflate/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "base/problem.h"

namespace outpost::deflate {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // zlib's way to ask for a gzip wrapper
constexpr int kMemoryLevel = 8;

/// zlib's interface takes pointers to mutable bytes but does not change them.
Bytef* Mutable(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

std::string Gzip(std::string_view bytes, int level) {
  OUTPOST_CHECK(bytes.size() < std::numeric_limits<uInt>::max() / 2);
  z_stream stream{};
  OUTPOST_CHECK(deflateInit2(&stream, level, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                             Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = Mutable(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  OUTPOST_CHECK(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Gunzip::Impl {
  z_stream stream{};
  bool is_complete = false;
  std::array<char, kPieceBytesMax> piece;
};

Gunzip::Gunzip() : impl_(std::make_unique<Impl>()) {
  OUTPOST_CHECK(inflateInit2(&impl_->stream, kGzipWindowBits) == Z_OK);
}

Gunzip::~Gunzip() { inflateEnd(&impl_->stream); }

Gunzip::State Gunzip::Feed(std::string_view bytes, const Sink& sink) {
  z_stream& stream = impl_->stream;
  stream.next_in = Mutable(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  bool has_more_output = false;
  while (stream.avail_in > 0 || has_more_output) {
    if (impl_->is_complete) {
      inflateReset(&stream);
      impl_->is_complete = false;
    }
    stream.next_out = reinterpret_cast<Bytef*>(impl_->piece.data());
    stream.avail_out = static_cast<uInt>(impl_->piece.size());
    const int code = inflate(&stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return State::kBroken;
    const std::size_t got = impl_->piece.size() - stream.avail_out;
    if (got > 0 && !sink({impl_->piece.data(), got})) return State::kStopped;
    impl_->is_complete = code == Z_STREAM_END;
    has_more_output = !impl_->is_complete && stream.avail_out == 0;
  }
  return impl_->is_complete ? State::kComplete : State::kOpen;
}

}  // namespace outpost::deflate
