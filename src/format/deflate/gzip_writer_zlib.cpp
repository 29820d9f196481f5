// Where the machine has no ISA-L.
#include <zlib.h>

#include <array>

#include "base/problem.h"
#include "format/deflate/gzip_writer.h"

namespace outpost::deflate {

struct GzipWriter::Impl {
  Sink sink;
  z_stream stream{};
  std::array<Bytef, 64 * 1024> piece;

  void Run(std::string_view bytes, int flush) {
    // zlib's interface takes pointers to mutable bytes but does not change them.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream.next_out = piece.data();
      stream.avail_out = static_cast<uInt>(piece.size());
      OUTPOST_CHECK(::deflate(&stream, flush) != Z_STREAM_ERROR);
      const std::size_t made = piece.size() - stream.avail_out;
      if (made > 0) sink({reinterpret_cast<const char*>(piece.data()), made});
    } while (stream.avail_out == 0);
  }
};

GzipWriter::GzipWriter(int level, Sink sink) : impl_(std::make_unique<Impl>()) {
  constexpr int kGzipWindowBits = 15 + 16;
  constexpr int kMemoryLevel = 8;
  impl_->sink = std::move(sink);
  OUTPOST_CHECK(deflateInit2(&impl_->stream, level, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                             Z_DEFAULT_STRATEGY) == Z_OK);
}

GzipWriter::~GzipWriter() { deflateEnd(&impl_->stream); }

void GzipWriter::Write(std::string_view bytes) {
  if (!bytes.empty()) impl_->Run(bytes, Z_NO_FLUSH);
}

void GzipWriter::Finish() { impl_->Run({}, Z_FINISH); }

}  // namespace outpost::deflate
