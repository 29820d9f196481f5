#include "operations/standby/place.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/files.h"

namespace outpost::standby {
namespace {

namespace json = boost::json;

template <class Array>
Array ArrayOf(const json::object& object, const char* key) {
  Array out{};
  const auto bytes = BytesOfHex(std::string_view(object.at(key).as_string()));
  if (!bytes || bytes->size() != out.size()) {
    throw Problem(ProblemKind::kUnprocessable, std::string(key) + " is no such number");
  }
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

}  // namespace

void SavePlace(const std::filesystem::path& file, const KeptPlace& kept) {
  const auto& place = kept.place;
  const json::object object{{"database", HexOf(place.database)},
                            {"base", HexOf(place.base)},
                            {"log", HexOf(place.log)},
                            {"generation", place.generation},
                            {"whole_from", place.whole_from},
                            {"next_segment", place.next_segment},
                            {"has_segments", place.has_segments},
                            {"previous", HexOf(place.previous)},
                            {"pages", place.pages},
                            {"seq", place.seq},
                            {"at", place.at.micros},
                            {"is_exact", kept.is_exact}};
  backup::WriteDurably(file, json::serialize(object) + "\n");
}

std::optional<KeptPlace> LoadPlace(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  try {
    const auto value = json::parse(backup::ReadWhole(file));
    const auto& object = value.as_object();
    KeptPlace kept;
    auto& place = kept.place;
    place.database = ArrayOf<backup::DatabaseId>(object, "database");
    place.base = ArrayOf<backup::SeriesId>(object, "base");
    place.log = ArrayOf<backup::SeriesId>(object, "log");
    place.generation = object.at("generation").as_string();
    place.whole_from = object.at("whole_from").as_int64();
    place.next_segment = object.at("next_segment").as_int64();
    place.has_segments = object.at("has_segments").as_bool();
    place.previous = ArrayOf<backup::Check>(object, "previous");
    place.pages = object.at("pages").as_int64();
    place.seq = object.at("seq").as_int64();
    place.at.micros = object.at("at").as_int64();
    kept.is_exact = object.at("is_exact").as_bool();
    return kept;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace outpost::standby
