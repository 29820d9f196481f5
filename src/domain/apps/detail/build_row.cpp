#include "domain/apps/detail/build_row.h"

#include <boost/json.hpp>

#include "format/json/writer.h"

namespace outpost::apps::detail {

Build BuildOf(const sql::Rows& row) {
  Build build;
  build.row = row.Int(0);
  build.app = row.Int(1);
  build.build_id = row.String(2);
  build.version = row.Int(3);
  build.name = row.String(4);
  build.comment = row.String(5);
  build.built_on = Instant{row.Int(6)};
  build.built_by = row.String(7);
  build.base_url = row.String(8);
  const auto languages = row.Text(9);
  const auto parsed = boost::json::parse({languages.data(), languages.size()});
  for (const auto& language : parsed.as_array()) {
    build.languages.emplace_back(language.as_string());
  }
  build.content_hash = row.String(10);
  build.has_media = row.Int(11) != 0;
  build.is_released = row.Int(12) != 0;
  build.released_on = Instant{row.Int(13)};
  return build;
}

std::string JsonOf(const std::vector<std::string>& texts) {
  std::string text;
  json::Writer out(text);
  out.BeginArray();
  for (const auto& one : texts) out.String(one);
  out.EndArray();
  return text;
}

}  // namespace outpost::apps::detail
