#include "operations/backup/layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ids.h"
#include "base/text.h"

namespace outpost::backup {
namespace {

constexpr std::string_view kLogEnd = ".log";
constexpr std::int64_t kLogsInFolder = 1'000;
constexpr std::size_t kBlobIdLength = 66;

std::optional<SeriesId> SeriesOf(std::string_view hex) {
  const auto bytes = BytesOfHex(hex);
  SeriesId series{};
  if (!bytes || bytes->size() != series.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), series.begin());
  return series;
}

}  // namespace

std::string HexOf(const SeriesId& series) { return outpost::HexOf(series); }

SeriesId NewSeries() {
  SeriesId series{};
  FillRandom(series);
  return series;
}

std::string LogFolderOf(const SeriesId& series) { return "log/" + HexOf(series); }

std::string LogFolderOf(const SeriesId& series, std::int64_t number) {
  return fmt::format("{}/{:06}", LogFolderOf(series), number / kLogsInFolder);
}

std::string NameOf(const LogName& log) {
  return fmt::format("{}/{:012}-{}-{}{}", LogFolderOf(log.series, log.number), log.number,
                     log.last_seq, log.last_at.micros, kLogEnd);
}

std::optional<LogName> ParseLogName(std::string_view name) {
  const auto parts = Split(name, '/');
  if (parts.size() != 4 || parts[0] != "log" || !parts[3].ends_with(kLogEnd)) return std::nullopt;
  const auto fields = Split(parts[3].substr(0, parts[3].size() - kLogEnd.size()), '-');
  if (fields.size() != 3) return std::nullopt;
  const auto series = SeriesOf(parts[1]);
  const auto number = ParseInt(fields[0]);
  const auto seq = ParseInt(fields[1]);
  const auto at = ParseInt(fields[2]);
  if (!series || !number || !seq || !at) return std::nullopt;
  return LogName{*series, *number, *seq, {*at}};
}

std::string BasePartName(const SeriesId& base, std::int64_t number) {
  return fmt::format("base/{}/{:06}.part", HexOf(base), number);
}

std::string BaseName(const SeriesId& base) { return "base/" + HexOf(base) + "/base"; }

std::optional<SeriesId> ParseBaseName(std::string_view name) {
  const auto parts = Split(name, '/');
  if (parts.size() != 3 || parts[0] != "base" || parts[2] != "base") return std::nullopt;
  return SeriesOf(parts[1]);
}

std::string FileName(std::string_view blob_id) {
  return fmt::format("file/{}/{}/{}", blob_id.substr(2, 2), blob_id.substr(4, 2), blob_id);
}

std::string_view BlobIdOf(std::string_view name) {
  if (!name.starts_with("file/")) return {};
  const auto id = name.substr(name.rfind('/') + 1);
  return id.size() == kBlobIdLength && id.starts_with("b-") ? id : std::string_view();
}

std::string SettingsName(const SeriesId& base) { return "settings/" + HexOf(base); }

std::string TakeoverName(const SeriesId& series) { return "taken-over/" + HexOf(series); }

std::string ProofName(Instant at, std::int64_t seq) {
  return fmt::format("proof/{:016}-{}", at.micros, seq);
}

}  // namespace outpost::backup
