#include "http/detail/header_fields.h"

#include "base/text.h"

namespace outpost::http::detail {

std::optional<std::string> Parameters::TakeValue() {
  if (!left_.starts_with('"')) {
    const auto end = left_.find(separator_);
    std::string value(Trim(left_.substr(0, end)));
    left_.remove_prefix(std::min(left_.size(), end));
    return value;
  }
  left_.remove_prefix(1);
  std::string value;
  for (std::size_t i = 0; i < left_.size(); ++i) {
    if (left_[i] == '"') {
      left_.remove_prefix(i + 1);
      return value;
    }
    // Only these two are escaped by clients; a lone backslash belongs to an old Windows path.
    const bool is_escape =
        left_[i] == '\\' && i + 1 < left_.size() && (left_[i + 1] == '"' || left_[i + 1] == '\\');
    if (is_escape) ++i;
    value += left_[i];
  }
  return std::nullopt;
}

std::optional<Parameters::Pair> Parameters::Next() {
  left_ = Trim(left_);
  while (left_.starts_with(separator_)) left_ = Trim(left_.substr(1));
  if (left_.empty() || is_malformed_) return std::nullopt;
  const auto equals = left_.find('=');
  if (equals == std::string_view::npos) {
    is_malformed_ = true;
    return std::nullopt;
  }
  Pair pair;
  pair.name = ToLower(Trim(left_.substr(0, equals)));
  left_ = Trim(left_.substr(equals + 1));
  auto value = TakeValue();
  left_ = Trim(left_);
  if (!value || (!left_.empty() && left_.front() != separator_)) {
    is_malformed_ = true;
    return std::nullopt;
  }
  pair.value = std::move(*value);
  return pair;
}

bool ListHolds(std::string_view list, std::string_view token) {
  for (const auto element : Split(list, ',')) {
    if (EqualsIgnoreCase(Trim(element.substr(0, element.find(';'))), token)) return true;
  }
  return false;
}

bool AcceptsGzip(std::string_view accept_encoding) {
  for (const auto element : Split(accept_encoding, ',')) {
    const auto semicolon = element.find(';');
    const auto name = Trim(element.substr(0, semicolon));
    if (!EqualsIgnoreCase(name, "gzip") && name != "*") continue;
    if (semicolon == std::string_view::npos) return true;
    Parameters parameters(element.substr(semicolon + 1), ';');
    const auto quality = parameters.Next();
    // "0", "0.0", "0.000" are the only ways to say never.
    return !quality || quality->value.find_first_not_of("0.") != std::string::npos;
  }
  return false;
}

std::string_view LastOfList(std::string_view list) {
  const auto comma = list.rfind(',');
  return Trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

}  // namespace outpost::http::detail
