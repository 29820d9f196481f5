#include "operations/backup/detail/ship_state.h"

#include <sys/stat.h>

#include "base/problem.h"
#include "crypto/digests.h"
#include "operations/backup/detail/wire.h"

namespace outpost::backup::detail {
namespace {

constexpr std::string_view kMagic = "OPSHIP01";

std::filesystem::path PathOf(const std::filesystem::path& spool) { return spool / "state"; }

}  // namespace

std::optional<FileFacts> FactsOf(const std::filesystem::path& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return std::nullopt;
  return FileFacts{facts.st_size,
                   facts.st_mtim.tv_sec * std::int64_t{1'000'000'000} + facts.st_mtim.tv_nsec,
                   static_cast<std::int64_t>(facts.st_ino)};
}

void SaveState(const std::filesystem::path& spool, const ShipState& state) {
  std::string out(kMagic);
  out += ViewOf(state.database);
  out += ViewOf(state.series);
  PutNumber(out, state.next_number);
  out += ViewOf(state.previous);
  const auto place = state.place.value_or(LogPlace{});
  PutNumber(out, static_cast<std::uint8_t>(state.place.has_value()));
  PutNumber(out, place.life.salt1);
  PutNumber(out, place.life.salt2);
  PutNumber(out, place.frame);
  PutNumber(out, place.sum1);
  PutNumber(out, place.sum2);
  PutNumber(out, state.last_seq);
  PutNumber(out, state.last_at.micros);
  PutNumber(out, state.life_begins_in);
  const auto rest = state.at_rest.value_or(FileFacts{});
  PutNumber(out, static_cast<std::uint8_t>(state.at_rest.has_value()));
  PutNumber(out, rest.bytes);
  PutNumber(out, rest.changed_nanos);
  PutNumber(out, rest.inode);
  PutNumber(out, static_cast<std::uint8_t>(state.has_base));
  out += ViewOf(crypto::Sha256(out));
  WriteQuickly(PathOf(spool), out);
}

std::optional<ShipState> LoadState(const std::filesystem::path& spool) {
  std::error_code error;
  if (!std::filesystem::exists(PathOf(spool), error)) return std::nullopt;
  const auto bytes = ReadWhole(PathOf(spool));
  if (bytes.size() < 32) return std::nullopt;
  const auto body = std::string_view(bytes).substr(0, bytes.size() - 32);
  WireReader reader(body);
  if (ViewOf(crypto::Sha256(body)) != std::string_view(bytes).substr(body.size()) ||
      reader.TakeBytes(kMagic.size()) != kMagic) {
    return std::nullopt;
  }
  ShipState state;
  reader.TakeInto(state.database);
  reader.TakeInto(state.series);
  state.next_number = reader.Take<std::int64_t>();
  reader.TakeInto(state.previous);
  const bool has_place = reader.Take<std::uint8_t>() != 0;
  LogPlace place;
  place.life.salt1 = reader.Take<std::uint32_t>();
  place.life.salt2 = reader.Take<std::uint32_t>();
  place.frame = reader.Take<std::int64_t>();
  place.sum1 = reader.Take<std::uint32_t>();
  place.sum2 = reader.Take<std::uint32_t>();
  if (has_place) state.place = place;
  state.last_seq = reader.Take<std::int64_t>();
  state.last_at.micros = reader.Take<std::int64_t>();
  state.life_begins_in = reader.Take<std::int64_t>();
  const bool is_at_rest = reader.Take<std::uint8_t>() != 0;
  FileFacts rest;
  rest.bytes = reader.Take<std::int64_t>();
  rest.changed_nanos = reader.Take<std::int64_t>();
  rest.inode = reader.Take<std::int64_t>();
  if (is_at_rest) state.at_rest = rest;
  state.has_base = reader.Take<std::uint8_t>() != 0;
  if (reader.is_short() || !reader.rest().empty()) return std::nullopt;
  return state;
}

bool GoesOn(const ShipState& state, const std::optional<LogPlace>& end,
            const std::filesystem::path& database_file, const std::filesystem::path& log,
            bool had_other_writer) {
  LogFile file(log);
  const auto begin = file.Begin();
  if (state.at_rest) return FactsOf(database_file) == state.at_rest;
  if (!begin || !end) return false;
  if (begin->life == end->life) {
    if (end->frame == 0) return true;
    auto place = *begin;
    std::string frames;
    while (place.frame < end->frame) {
      const auto before = place.frame;
      frames.clear();
      file.Read(place, end->frame, 1'024, frames);
      if (place.frame == before) return false;
    }
    return place == *end;
  }
  // The log begins again with the next salt only when a checkpoint has moved all of it, and before
  // each checkpoint of a server that ships its frames were handed over.
  return !had_other_writer && begin->life.salt1 == end->life.salt1 + 1;
}

}  // namespace outpost::backup::detail
