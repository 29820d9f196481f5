#include "http/detail/target.h"

#include "base/text.h"

namespace outpost::http::detail {

Target ReadTarget(std::string_view target) {
  Target out;
  if (!target.starts_with('/')) {
    const auto scheme_end = target.find("://");
    if (scheme_end == std::string_view::npos) return out;
    const auto scheme = target.substr(0, scheme_end);
    if (!EqualsIgnoreCase(scheme, "http") && !EqualsIgnoreCase(scheme, "https")) return out;
    target.remove_prefix(scheme_end + 3);
    const auto path = target.find_first_of("/?");
    out.authority = target.substr(0, path);
    if (out.authority.empty()) return out;
    target = path == std::string_view::npos ? std::string_view() : target.substr(path);
  }
  const auto question = target.find('?');
  out.raw_path = target.substr(0, question);
  if (out.raw_path.empty()) out.raw_path = "/";
  if (question != std::string_view::npos) out.raw_query = target.substr(question + 1);
  out.is_valid = true;
  return out;
}

std::vector<std::pair<std::string, std::string>> ReadQuery(std::string_view raw_query) {
  std::vector<std::pair<std::string, std::string>> out;
  if (raw_query.empty()) return out;
  for (const auto pair : Split(raw_query, '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    out.emplace_back(PercentDecode(pair.substr(0, equals), true), PercentDecode(value, true));
  }
  return out;
}

}  // namespace outpost::http::detail
