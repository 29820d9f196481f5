#include "operations/pg_backup/manifest.h"

#include <algorithm>
#include <boost/json.hpp>
#include <exception>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::pg_backup {
namespace {

namespace json = boost::json;

constexpr std::int64_t kSegmentBytesMin = std::int64_t{1} << 20;
constexpr std::int64_t kSegmentBytesMax = std::int64_t{1} << 30;

backup::SeriesId SeriesIn(const json::object& object, std::string_view key) {
  const auto bytes = BytesOfHex(std::string(object.at(key).as_string()));
  backup::SeriesId series{};
  if (!bytes || bytes->size() != series.size()) throw std::runtime_error("no id");
  std::copy(bytes->begin(), bytes->end(), series.begin());
  return series;
}

}  // namespace

std::string JsonOf(const Manifest& manifest) {
  return json::serialize(json::object{
      {"base", HexOf(manifest.base)},
      {"system", HexOf(manifest.system)},
      {"timeline", manifest.timeline},
      {"start_lsn", manifest.start_lsn},
      {"end_lsn", manifest.end_lsn},
      {"segment_bytes", manifest.segment_bytes},
      {"parts", manifest.parts},
      {"bytes", manifest.bytes},
      {"seq", manifest.seq},
      {"at", manifest.at.micros},
      {"begun_at", manifest.begun_at.micros},
      {"version", manifest.version},
      {"database", manifest.database},
      {"user", manifest.user},
      {"generation", manifest.generation},
      {"schema_step", manifest.schema_step},
      {"file_bytes", manifest.file_bytes},
  });
}

Manifest ManifestOf(std::string_view text) {
  try {
    const auto value = json::parse(text);
    const auto& object = value.as_object();
    const auto number = [&](std::string_view key) {
      return object.at(key).to_number<std::int64_t>();
    };
    Manifest manifest;
    manifest.base = SeriesIn(object, "base");
    manifest.system = SeriesIn(object, "system");
    manifest.timeline = static_cast<std::uint32_t>(number("timeline"));
    manifest.start_lsn = number("start_lsn");
    manifest.end_lsn = number("end_lsn");
    manifest.segment_bytes = number("segment_bytes");
    manifest.parts = number("parts");
    manifest.bytes = number("bytes");
    manifest.seq = number("seq");
    manifest.at.micros = number("at");
    manifest.begun_at.micros = number("begun_at");
    manifest.version = number("version");
    manifest.database = object.at("database").as_string();
    manifest.user = object.at("user").as_string();
    manifest.generation = object.at("generation").as_string();
    manifest.schema_step = number("schema_step");
    manifest.file_bytes = number("file_bytes");
    const auto size = manifest.segment_bytes;
    if (size < kSegmentBytesMin || size > kSegmentBytesMax || (size & (size - 1)) != 0) {
      throw std::runtime_error("no size of segments");
    }
    return manifest;
  } catch (const std::exception&) {
    throw Problem(ProblemKind::kUnprocessable, "its description cannot be read");
  }
}

}  // namespace outpost::pg_backup
