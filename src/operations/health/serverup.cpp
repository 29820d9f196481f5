#include "operations/health/serverup.h"

#include <algorithm>

#include "base/text.h"

namespace outpost::health {
namespace {

/// The check that a query word means; empty for other words.
std::string_view CheckNamed(std::string_view word) {
  if (word == kCeleryCheck || word == "heartbeat") return kCeleryCheck;
  const auto* const at = std::find(std::begin(kDefaultChecks), std::end(kDefaultChecks), word);
  return at == std::end(kDefaultChecks) ? std::string_view{} : *at;
}

}  // namespace

std::vector<std::string> ChooseChecks(
    const std::vector<std::pair<std::string, std::string>>& query) {
  std::vector<std::string> chosen(std::begin(kDefaultChecks), std::end(kDefaultChecks));
  for (const auto& [key, value] : query) {
    if (key == "only") {
      const auto only = CheckNamed(value);
      if (!only.empty()) return {std::string(only)};
      continue;
    }
    const auto more = CheckNamed(key);
    if (!more.empty() && std::find(chosen.begin(), chosen.end(), more) == chosen.end()) {
      chosen.emplace_back(more);
    }
  }
  return chosen;
}

http::Response ServerupReply(const std::vector<Verdict>& verdicts, std::string_view host_name,
                             bool is_deploying) {
  std::string failed;
  for (const auto& verdict : verdicts) {
    if (verdict.is_ok) continue;
    failed += "<br><b>" + EscapeMarkup(verdict.check) + "</b>: " + EscapeMarkup(verdict.message);
  }
  auto response =
      failed.empty() || is_deploying
          ? http::Response::Text(200, std::string(kServerupBody))
          : http::Response::Html(500, "Failed Checks (" + EscapeMarkup(host_name) + "):" + failed);
  response.headers.Add("Cache-Control", "no-store");
  return response;
}

}  // namespace outpost::health
