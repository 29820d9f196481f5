// The fast one, for what is packed while a phone waits.
#include <isa-l/igzip_lib.h>

#include <array>
#include <vector>

#include "base/problem.h"
#include "format/deflate/gzip_writer.h"

namespace outpost::deflate {

struct GzipWriter::Impl {
  Sink sink;
  isal_zstream stream{};
  std::vector<std::uint8_t> level_memory = std::vector<std::uint8_t>(ISAL_DEF_LVL1_DEFAULT);
  std::array<std::uint8_t, 64 * 1024> piece;

  void Run(std::string_view bytes, bool is_end) {
    // The interface takes pointers to mutable bytes but does not change them.
    stream.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(bytes.data()));
    stream.avail_in = static_cast<std::uint32_t>(bytes.size());
    stream.end_of_stream = is_end ? 1 : 0;
    do {
      stream.next_out = piece.data();
      stream.avail_out = static_cast<std::uint32_t>(piece.size());
      OUTPOST_CHECK(isal_deflate(&stream) == COMP_OK);
      const std::size_t made = piece.size() - stream.avail_out;
      if (made > 0) sink({reinterpret_cast<const char*>(piece.data()), made});
    } while (stream.avail_out == 0);
  }
};

// ISA-L has one level that is worth it here; `level` is for zlib.
GzipWriter::GzipWriter(int, Sink sink) : impl_(std::make_unique<Impl>()) {
  impl_->sink = std::move(sink);
  isal_deflate_init(&impl_->stream);
  impl_->stream.gzip_flag = IGZIP_GZIP;
  impl_->stream.level = 1;
  impl_->stream.level_buf = impl_->level_memory.data();
  impl_->stream.level_buf_size = static_cast<std::uint32_t>(impl_->level_memory.size());
}

GzipWriter::~GzipWriter() = default;

void GzipWriter::Write(std::string_view bytes) {
  if (!bytes.empty()) impl_->Run(bytes, false);
}

void GzipWriter::Finish() { impl_->Run({}, true); }

}  // namespace outpost::deflate
