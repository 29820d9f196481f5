#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "base/problem.h"
#include "format/zip/zip.h"

// Written here rather than by libarchive: that one puts checksum and length of a stored file behind
// it, which the streaming reader of Java, and so a phone that opens an archive, refuses.

namespace outpost::zip {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::uint16_t kUtf8Names = 1 << 11;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint16_t kVersion = 20;
constexpr std::uint16_t kDate = (1 << 5) | 1;  // 1 January 1980: no date, for reproducible bytes
constexpr int kLevel = 6;

void Put16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value & 0xff);
  out += static_cast<char>(value >> 8 & 0xff);
}
void Put32(std::string& out, std::uint32_t value) {
  Put16(out, value & 0xffff);
  Put16(out, value >> 16);
}

/// Gives the bytes of a file's part, or of a text, in pieces.
class Source {
 public:
  explicit Source(std::string_view bytes)
      : bytes_(bytes), length_(static_cast<std::int64_t>(bytes.size())) {}
  Source(int file, std::int64_t offset, std::int64_t length)
      : file_(file), offset_(offset), length_(length) {}

  std::int64_t length() const { return length_; }

  void Each(const Writer::Sink& take) const {
    if (file_ < 0) return take(bytes_);
    std::array<char, kPieceBytes> piece;
    for (std::int64_t done = 0; done < length_;) {
      const auto wanted = std::min<std::int64_t>(length_ - done, kPieceBytes);
      const auto got = pread(file_, piece.data(), static_cast<std::size_t>(wanted), offset_ + done);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        throw Problem(ProblemKind::kInternal, "A file for the archive could not be read.",
                      std::strerror(errno));
      }
      take({piece.data(), static_cast<std::size_t>(got)});
      done += got;
    }
  }

 private:
  std::string_view bytes_;
  int file_ = -1;
  std::int64_t offset_ = 0;
  std::int64_t length_ = 0;
};

/// The source as raw deflate data, in pieces.
void Deflate(const Source& source, const Writer::Sink& sink) {
  z_stream stream{};
  constexpr int kMemory = 8;
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, -MAX_WBITS, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, deflateEnd);
  std::array<char, kPieceBytes> out;
  const auto run = [&](std::string_view bytes, int flush) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(out.data());
      stream.avail_out = static_cast<uInt>(out.size());
      deflate(&stream, flush);
      sink({out.data(), out.size() - stream.avail_out});
    } while (stream.avail_out == 0);
  };
  source.Each([&](std::string_view bytes) { run(bytes, Z_NO_FLUSH); });
  run({}, Z_FINISH);
}

}  // namespace

struct Writer::Impl {
  void Put(std::string_view bytes) {
    position += static_cast<std::int64_t>(bytes.size());
    sink(bytes);
  }

  void Add(std::string_view name, const Source& source, bool is_packed);
  /// What local header and directory have in common.
  static std::string CommonHeader(std::string_view name, std::uint16_t method, std::uint32_t crc,
                                  std::uint32_t packed, std::uint32_t unpacked);

  Sink sink;
  std::int64_t position = 0;
  std::uint32_t entries = 0;
  std::string directory;
};

std::string Writer::Impl::CommonHeader(std::string_view name, std::uint16_t method,
                                       std::uint32_t crc, std::uint32_t packed,
                                       std::uint32_t unpacked) {
  std::string header;
  Put16(header, kVersion);
  Put16(header, kUtf8Names);
  Put16(header, method);
  Put16(header, 0);  // time
  Put16(header, kDate);
  Put32(header, crc);
  Put32(header, packed);
  Put32(header, unpacked);
  Put16(header, static_cast<std::uint32_t>(name.size()));
  Put16(header, 0);  // no extra field
  return header;
}

void Writer::Impl::Add(std::string_view name, const Source& source, bool is_packed) {
  // Lengths and checksum stand before the bytes: a first pass finds them, the second writes.
  std::uint32_t crc = 0;
  source.Each([&](std::string_view bytes) {
    crc = static_cast<std::uint32_t>(
        crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  });
  std::int64_t packed = source.length();
  if (!is_packed) {
    packed = 0;
    Deflate(source,
            [&](std::string_view bytes) { packed += static_cast<std::int64_t>(bytes.size()); });
  }
  constexpr std::int64_t kMax = std::numeric_limits<std::uint32_t>::max();
  constexpr std::uint32_t kEntriesMax = 0xfffe;
  if (position + packed + source.length() > kMax || entries >= kEntriesMax) {
    throw Problem(ProblemKind::kTooLarge,
                  "The archive would be larger than 4 GiB or hold more "
                  "than 65,534 files.");
  }
  const auto header =
      CommonHeader(name, is_packed ? kStored : kDeflated, crc, static_cast<std::uint32_t>(packed),
                   static_cast<std::uint32_t>(source.length()));
  directory += "PK\x01\x02";
  Put16(directory, kVersion);  // made by
  directory += header;
  Put16(directory, 0);  // no comment
  Put16(directory, 0);  // disk
  Put16(directory, 0);  // internal attributes
  Put32(directory, 0);  // external attributes
  Put32(directory, static_cast<std::uint32_t>(position));
  directory += name;
  ++entries;
  Put("PK\x03\x04" + header + std::string(name));
  const Sink put = [this](std::string_view bytes) { Put(bytes); };
  if (is_packed) {
    source.Each(put);
  } else {
    Deflate(source, put);
  }
}

Writer::Writer(Sink sink) : impl_(std::make_unique<Impl>()) { impl_->sink = std::move(sink); }

Writer::~Writer() = default;

void Writer::Add(std::string_view name, std::string_view bytes, bool is_packed) {
  impl_->Add(name, Source(bytes), is_packed);
}

void Writer::Add(std::string_view name, int file, std::int64_t offset, std::int64_t length,
                 bool is_packed) {
  impl_->Add(name, Source(file, offset, length), is_packed);
}

void Writer::Finish() {
  const auto begin = static_cast<std::uint32_t>(impl_->position);
  const auto length = static_cast<std::uint32_t>(impl_->directory.size());
  std::string end = std::move(impl_->directory);
  end += "PK\x05\x06";
  Put32(end, 0);  // disks
  Put16(end, impl_->entries);
  Put16(end, impl_->entries);
  Put32(end, length);
  Put32(end, begin);
  Put16(end, 0);  // no comment
  impl_->Put(end);
}

}  // namespace outpost::zip
