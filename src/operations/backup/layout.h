#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "operations/backup/parcel.h"

/// What lies where at a destination. Names alone say what can be restored, so that listing needs no
/// key and opens nothing.
///
///   log/<series>/<thousands>/<number>-<last seq>-<last moment>.log
///   base/<series>/<number>.part      pages, 16 MiB before packing
///   base/<series>/base               the manifest, put last
///   file/<2 digits>/<2 digits>/<blob id>
///   settings/<series>                of the base with that series
///   proof/<moment>-<seq>
///   taken-over/<series>              a standby went on from that series
namespace outpost::backup {

struct LogName {
  SeriesId series{};
  std::int64_t number = 0;
  std::int64_t last_seq = 0;
  Instant last_at;
};

std::string NameOf(const LogName& log);
std::optional<LogName> ParseLogName(std::string_view name);

std::string LogFolderOf(const SeriesId& series);
/// Where segment `number` lies.
std::string LogFolderOf(const SeriesId& series, std::int64_t number);
std::string BasePartName(const SeriesId& base, std::int64_t number);
std::string BaseName(const SeriesId& base);
/// Of the name of a manifest; empty for all other names.
std::optional<SeriesId> ParseBaseName(std::string_view name);
std::string FileName(std::string_view blob_id);
/// The blob's id; empty for all other names.
std::string_view BlobIdOf(std::string_view name);
std::string SettingsName(const SeriesId& base);
std::string TakeoverName(const SeriesId& series);
std::string ProofName(Instant at, std::int64_t seq);

std::string HexOf(const SeriesId& series);
SeriesId NewSeries();

}  // namespace outpost::backup
