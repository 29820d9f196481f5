#include "operations/pg_backup/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.h"

namespace outpost::pg_backup {
namespace {

constexpr std::string_view kWalEnd = ".wal";
constexpr std::size_t kSegmentNameLength = 24;
constexpr std::size_t kGroupLength = 16;  // timeline and upper half

std::optional<SeriesId> SeriesOf(std::string_view hex) {
  const auto bytes = BytesOfHex(hex);
  SeriesId series{};
  if (!bytes || bytes->size() != series.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), series.begin());
  return series;
}

std::optional<std::uint32_t> HexNumber(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::int64_t SegmentsOfHalf(std::int64_t segment_bytes) {
  return (std::int64_t{1} << 32) / segment_bytes;
}

}  // namespace

std::string SegmentName(std::uint32_t timeline, std::int64_t number, std::int64_t segment_bytes) {
  const auto each = SegmentsOfHalf(segment_bytes);
  return fmt::format("{:08X}{:08X}{:08X}", timeline, number / each, number % each);
}

std::optional<SegmentPlace> ParseSegmentName(std::string_view name, std::int64_t segment_bytes) {
  if (name.size() != kSegmentNameLength) return std::nullopt;
  const auto timeline = HexNumber(name.substr(0, 8));
  const auto upper = HexNumber(name.substr(8, 8));
  const auto lower = HexNumber(name.substr(16, 8));
  if (!timeline || !upper || !lower) return std::nullopt;
  return SegmentPlace{*timeline, *upper * SegmentsOfHalf(segment_bytes) + *lower};
}

std::string WalFolder(const SeriesId& system) { return "pg-wal/" + outpost::HexOf(system); }

std::string NameOf(const WalName& wal) {
  const auto segment = SegmentName(wal.timeline, wal.number, wal.segment_bytes);
  return fmt::format("{}/{}/{}-{}-{}-{}{}", WalFolder(wal.system), segment.substr(0, kGroupLength),
                     segment, wal.filled, wal.last_seq, wal.last_at.micros, kWalEnd);
}

std::optional<WalName> ParseWalName(std::string_view name, std::int64_t segment_bytes) {
  const auto parts = Split(name, '/');
  if (parts.size() != 4 || parts[0] != "pg-wal" || !parts[3].ends_with(kWalEnd)) {
    return std::nullopt;
  }
  const auto fields = Split(parts[3].substr(0, parts[3].size() - kWalEnd.size()), '-');
  if (fields.size() != 4) return std::nullopt;
  const auto system = SeriesOf(parts[1]);
  const auto segment = ParseSegmentName(fields[0], segment_bytes);
  const auto filled = ParseInt(fields[1]);
  const auto seq = ParseInt(fields[2]);
  const auto at = ParseInt(fields[3]);
  if (!system || !segment || !filled || !seq || !at) return std::nullopt;
  if (*filled < 0 || *filled > segment_bytes) return std::nullopt;
  return WalName{*system, segment->timeline, segment->number, segment_bytes, *filled, *seq, {*at}};
}

std::string BasePartName(const SeriesId& base, std::int64_t number) {
  return fmt::format("pg-base/{}/{:06}.part", outpost::HexOf(base), number);
}

std::string BaseName(const SeriesId& base) { return "pg-base/" + outpost::HexOf(base) + "/base"; }

std::optional<SeriesId> ParseBaseName(std::string_view name) {
  const auto parts = Split(name, '/');
  if (parts.size() != 3 || parts[0] != "pg-base" || parts[2] != "base") return std::nullopt;
  return SeriesOf(parts[1]);
}

}  // namespace outpost::pg_backup
