#include "operations/pg_backup/detail/wal_spool.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstring>
#include <exception>
#include <system_error>
#include <tuple>

#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/files.h"

namespace outpost::pg_backup::detail {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view kUnfinished = ".partial";
constexpr const char* kStateName = "pg-state.json";

template <class Array>
void TakeHex(const json::object& object, std::string_view key, Array& out) {
  const auto bytes = BytesOfHex(std::string(object.at(key).as_string()));
  if (!bytes || bytes->size() != out.size()) throw std::runtime_error("no id");
  std::copy(bytes->begin(), bytes->end(), out.begin());
}

}  // namespace

std::vector<SpooledWal> ListSpool(const fs::path& folder, std::int64_t segment_bytes) {
  std::vector<SpooledWal> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    auto name = entry.path().filename().string();
    const bool is_finished = !name.ends_with(kUnfinished);
    if (!is_finished) name.resize(name.size() - kUnfinished.size());
    const auto place = ParseSegmentName(name, segment_bytes);
    if (place) found.push_back({entry.path(), *place, is_finished});
  }
  const auto order = [](const SpooledWal& wal) {
    return std::make_tuple(wal.place.timeline, wal.place.number);
  };
  std::sort(found.begin(), found.end(),
            [&](const SpooledWal& a, const SpooledWal& b) { return order(a) < order(b); });
  return found;
}

std::string ReadFilled(const fs::path& file) {
  auto bytes = backup::ReadWhole(file);
  const auto last = bytes.find_last_not_of('\0');
  bytes.resize(last == std::string::npos ? 0 : last + 1);
  return bytes;
}

bool IsSegmentOf(std::string_view bytes, const backup::SeriesId& system, std::int64_t first_lsn) {
  constexpr std::size_t kPlaceAt = 8;
  constexpr std::size_t kSystemAt = 24;
  if (bytes.size() < kSystemAt + system.size()) return false;
  std::uint64_t place = 0;
  std::memcpy(&place, bytes.data() + kPlaceAt, sizeof(place));
  backup::SeriesId found{};
  std::memcpy(found.data(), bytes.data() + kSystemAt, found.size());
  std::reverse(found.begin(), found.end());  // as it is written, the high byte first
  return place == static_cast<std::uint64_t>(first_lsn) && found == system;
}

ShipState LoadShipState(const fs::path& folder) {
  ShipState state;
  try {
    const auto value = json::parse(backup::ReadWhole(folder / kStateName));
    const auto& object = value.as_object();
    const auto number = [&](std::string_view key) {
      return object.at(key).to_number<std::int64_t>();
    };
    TakeHex(object, "database", state.database);
    TakeHex(object, "system", state.system);
    state.timeline = static_cast<std::uint32_t>(number("timeline"));
    state.segment_bytes = number("segment_bytes");
    state.next = number("next");
    state.has_finished = object.at("has_finished").as_bool();
    state.last_seq = number("last_seq");
    state.last_at.micros = number("last_at");
    state.has_base = object.at("has_base").as_bool();
    return state;
  } catch (const std::exception&) {
    return {};
  }
}

void SaveShipState(const fs::path& folder, const ShipState& state) {
  backup::WriteDurably(folder / kStateName,
                       json::serialize(json::object{{"database", HexOf(state.database)},
                                                    {"system", HexOf(state.system)},
                                                    {"timeline", state.timeline},
                                                    {"segment_bytes", state.segment_bytes},
                                                    {"next", state.next},
                                                    {"has_finished", state.has_finished},
                                                    {"last_seq", state.last_seq},
                                                    {"last_at", state.last_at.micros},
                                                    {"has_base", state.has_base}}) +
                           "\n");
}

}  // namespace outpost::pg_backup::detail
