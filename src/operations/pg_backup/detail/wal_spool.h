#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "operations/pg_backup/layout.h"

/// What pg_receivewal left in the spool folder.
namespace outpost::pg_backup::detail {

struct SpooledWal {
  std::filesystem::path file;
  SegmentPlace place;
  bool is_finished = false;
};

/// In the order of the log: by timeline, then by number.
std::vector<SpooledWal> ListSpool(const std::filesystem::path& folder, std::int64_t segment_bytes);

/// Its bytes without the zeros at its end.
/// @throws Problem kNotFound when it got its final name meanwhile
std::string ReadFilled(const std::filesystem::path& file);

/// Whether a segment begins as one of this cluster at this place does.
bool IsSegmentOf(std::string_view bytes, const backup::SeriesId& system, std::int64_t first_lsn);

/// How far what was shipped goes; kept in the spool folder.
struct ShipState {
  backup::DatabaseId database{};
  backup::SeriesId system{};
  std::uint32_t timeline = 0;
  std::int64_t segment_bytes = 0;
  std::int64_t next = 0;      // number of the finished segment that comes next; 0: any
  bool has_finished = false;  // the one before `next` was sent whole
  std::int64_t last_seq = 0;
  Instant last_at;
  bool has_base = false;  // one that the log since then continues without a gap
};
/// A state of zeros when there is none or it is damaged.
ShipState LoadShipState(const std::filesystem::path& folder);
void SaveShipState(const std::filesystem::path& folder, const ShipState& state);

}  // namespace outpost::pg_backup::detail
