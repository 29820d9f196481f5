#include "operations/backup/detail/log_file.h"

#include <fcntl.h>

#include <algorithm>
#include <limits>

namespace outpost::backup::detail {
namespace {

constexpr std::uint32_t kMagic = 0x377f0682;  // the lowest bit: sums over big-endian words
constexpr std::int64_t kFramesAtOnce = 256;

std::uint32_t BigEndian(const char* at) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(at);
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

std::uint32_t LittleEndian(const char* at) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(at);
  return std::uint32_t{bytes[3]} << 24 | std::uint32_t{bytes[2]} << 16 |
         std::uint32_t{bytes[1]} << 8 | bytes[0];
}

struct Sums {
  std::uint32_t one = 0, two = 0;
};

Sums SumOver(std::string_view bytes, bool is_big_endian, Sums sums) {
  for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    const char* at = bytes.data() + i;
    sums.one += (is_big_endian ? BigEndian(at) : LittleEndian(at)) + sums.two;
    sums.two += (is_big_endian ? BigEndian(at + 4) : LittleEndian(at + 4)) + sums.one;
  }
  return sums;
}

}  // namespace

bool LogFile::Open() {
  if (file_.number() < 0) file_ = Descriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  return file_.number() >= 0;
}

std::optional<LogPlace> LogFile::Begin() {
  std::array<char, kLogHeaderBytes> header{};
  if (!Open() || !ReadAt(file_.number(), 0, header.data(), header.size())) return std::nullopt;
  const auto magic = BigEndian(header.data());
  if ((magic & ~1U) != kMagic || BigEndian(header.data() + 8) != 4'096) return std::nullopt;
  is_big_endian_ = (magic & 1U) != 0;
  const auto sums = SumOver({header.data(), 24}, is_big_endian_, {});
  const LogPlace place{{BigEndian(header.data() + 16), BigEndian(header.data() + 20)},
                       0,
                       BigEndian(header.data() + 24),
                       BigEndian(header.data() + 28)};
  if (sums.one != place.sum1 || sums.two != place.sum2) return std::nullopt;
  return place;
}

std::optional<LogLife> LogFile::Life() {
  const auto begin = Begin();
  if (!begin) return std::nullopt;
  return begin->life;
}

void LogFile::Read(LogPlace& place, std::int64_t last, std::int64_t frames_max,
                   std::string& bytes) {
  if (!Open()) return;
  for (std::int64_t left = std::min(last - place.frame, frames_max); left > 0;) {
    const auto wanted = std::min(left, kFramesAtOnce);
    const auto start = bytes.size();
    bytes.resize(start + static_cast<std::size_t>(wanted * kFrameBytes));
    const auto got = ReadUpTo(file_.number(), kLogHeaderBytes + place.frame * kFrameBytes,
                              bytes.data() + start, bytes.size() - start);
    const auto whole = static_cast<std::int64_t>(got) / kFrameBytes;
    std::int64_t good = 0;
    while (good < whole && AcceptFrame(std::string_view(bytes).substr(
                                           start + static_cast<std::size_t>(good * kFrameBytes),
                                           static_cast<std::size_t>(kFrameBytes)),
                                       is_big_endian_, place)) {
      ++good;
    }
    bytes.resize(start + static_cast<std::size_t>(good * kFrameBytes));
    if (good < wanted) return;
    left -= good;
  }
}

bool LogFile::Copy(LogPlace& place, std::int64_t last, std::string& bytes) {
  if (!Open()) return false;
  bytes.resize(static_cast<std::size_t>((last - place.frame) * kFrameBytes));
  if (!ReadAt(file_.number(), kLogHeaderBytes + place.frame * kFrameBytes, bytes.data(),
              bytes.size())) {
    return false;
  }
  const char* frame = bytes.data() + bytes.size() - kFrameBytes;
  if (BigEndian(frame + 8) != place.life.salt1 || BigEndian(frame + 12) != place.life.salt2) {
    return false;
  }
  place.frame = last;
  place.sum1 = BigEndian(frame + 16);
  place.sum2 = BigEndian(frame + 20);
  return true;
}

LogPlace LogFile::EndOfCommits(LogPlace place) {
  auto end = place;
  for (;;) {
    std::string bytes;
    Read(place, std::numeric_limits<std::int64_t>::max(), 1, bytes);
    if (bytes.empty()) return end;
    if (FrameAt(bytes, 0).database_pages != 0) end = place;
  }
}

bool AcceptFrame(std::string_view frame, bool is_big_endian, LogPlace& place) {
  auto sums = SumOver(frame.substr(0, 8), is_big_endian, {place.sum1, place.sum2});
  sums = SumOver(frame.substr(kFrameHeaderBytes), is_big_endian, sums);
  if (BigEndian(frame.data() + 8) != place.life.salt1 ||
      BigEndian(frame.data() + 12) != place.life.salt2 ||
      BigEndian(frame.data() + 16) != sums.one || BigEndian(frame.data() + 20) != sums.two) {
    return false;
  }
  ++place.frame;
  place.sum1 = sums.one;
  place.sum2 = sums.two;
  return true;
}

Frame FrameAt(std::string_view frames, std::size_t index) {
  const char* at = frames.data() + index * static_cast<std::size_t>(kFrameBytes);
  return {BigEndian(at), BigEndian(at + 4)};
}

}  // namespace outpost::backup::detail
