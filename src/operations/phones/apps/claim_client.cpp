#include "operations/phones/apps/claim_client.h"

#include <algorithm>

#include "base/instant.h"
#include "base/problem.h"
#include "base/text.h"
#include "format/xml/xml.h"

namespace outpost::phones {
namespace {

constexpr int kConflict = 409, kGone = 410;

/// Results may be as large as a restore.
constexpr xml::Limits kResultLimits{.bytes = 256u << 20, .elements = 20'000'000};

}  // namespace

PostReaction ReactToPost(int status) {
  if (status / 100 == 2) return {};
  if (status == kConflict) return {"post.conflict.error", {}};
  if (status == kGone) return {"post.gone.error", {}};
  if (status / 100 == 4) return {"post.client.error", std::to_string(status)};
  if (status / 100 == 5) return {"post.server.error", std::to_string(status)};
  return {"post.unknown.response", {}};
}

std::string QueryAddress(std::string_view url,
                         const std::vector<std::pair<std::string, std::string>>& data,
                         const std::vector<QueryAnswer>& answers) {
  auto sent = data;
  for (const auto& answer : answers) {
    if (answer.is_excluded) continue;
    for (const auto& value : answer.values) {
      const std::pair<std::string, std::string> one(answer.key, value);
      if (std::find(data.begin(), data.end(), one) == data.end()) sent.push_back(one);
    }
  }
  std::string address(url);
  for (const auto& [key, value] : sent) {
    address += address.find('?') == std::string::npos ? '?' : '&';
    address += PercentEncode(key) + "=" + PercentEncode(value);
  }
  return address;
}

std::string DateRange(std::string_view answer) {
  constexpr std::string_view kTo = " to ";
  const auto to = answer.find(kTo);
  if (to == std::string_view::npos) return std::string(answer);
  const auto begin = answer.substr(0, to), end = answer.substr(to + kTo.size());
  if (!ParseDate(begin) || !ParseDate(end)) return std::string(answer);
  return "__range__" + std::string(begin) + "__" + std::string(end);
}

std::string ReactToQuery(int status, std::string_view body) {
  if (status / 100 != 2) return "query.response.format.error";
  try {
    const auto document = xml::Document::Parse(body, kResultLimits);
    return document.root().has_children() ? "" : "query.response.empty";
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kMalformed) throw;
    return "query.response.format.error";
  }
}

}  // namespace outpost::phones
