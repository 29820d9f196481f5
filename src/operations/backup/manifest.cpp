#include "operations/backup/manifest.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/layout.h"

namespace outpost::backup {
namespace {

[[noreturn]] void Refuse() {
  throw Problem(ProblemKind::kUnprocessable, "its description cannot be read");
}

const boost::json::value& Field(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) Refuse();
  return *value;
}

std::int64_t IntIn(const boost::json::object& object, std::string_view key) {
  const auto& value = Field(object, key);
  if (!value.is_int64()) Refuse();
  return value.get_int64();
}

std::string TextIn(const boost::json::object& object, std::string_view key) {
  const auto& value = Field(object, key);
  if (!value.is_string()) Refuse();
  return std::string(value.get_string());
}

SeriesId SeriesIn(const boost::json::object& object, std::string_view key) {
  const auto bytes = BytesOfHex(TextIn(object, key));
  SeriesId series{};
  if (!bytes || bytes->size() != series.size()) Refuse();
  std::copy(bytes->begin(), bytes->end(), series.begin());
  return series;
}

}  // namespace

std::string JsonOf(const BaseManifest& manifest) {
  return boost::json::serialize(boost::json::object{
      {"base", HexOf(manifest.base)},
      {"log", HexOf(manifest.log)},
      {"first_segment", manifest.first_segment},
      {"last_segment", manifest.last_segment},
      {"parts", manifest.parts},
      {"pages", manifest.pages},
      {"seq", manifest.seq},
      {"at", manifest.at.micros},
      {"begun_at", manifest.begun_at.micros},
      {"ended_at", manifest.ended_at.micros},
      {"generation", manifest.generation},
      {"schema_step", manifest.schema_step},
      {"file_bytes", manifest.file_bytes},
  });
}

BaseManifest BaseManifestOf(std::string_view json) {
  boost::system::error_code error;
  const auto value = boost::json::parse(json, error);
  if (error || !value.is_object()) Refuse();
  const auto& object = value.get_object();
  BaseManifest manifest;
  manifest.base = SeriesIn(object, "base");
  manifest.log = SeriesIn(object, "log");
  manifest.first_segment = IntIn(object, "first_segment");
  manifest.last_segment = IntIn(object, "last_segment");
  manifest.parts = IntIn(object, "parts");
  manifest.pages = IntIn(object, "pages");
  manifest.seq = IntIn(object, "seq");
  manifest.at.micros = IntIn(object, "at");
  manifest.begun_at.micros = IntIn(object, "begun_at");
  manifest.ended_at.micros = IntIn(object, "ended_at");
  manifest.generation = TextIn(object, "generation");
  manifest.schema_step = IntIn(object, "schema_step");
  manifest.file_bytes = IntIn(object, "file_bytes");
  return manifest;
}

}  // namespace outpost::backup
