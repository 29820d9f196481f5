#include "services/web/api/paging.h"

#include <algorithm>
#include <optional>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::web {
namespace {

[[noreturn]] void Refuse(std::string_view name, std::string_view value, std::string_view wanted) {
  throw Problem(ProblemKind::kBadRequest, "Invalid " + std::string(name) + " '" +
                                              std::string(value) + "' provided. Please provide " +
                                              std::string(wanted) + ".");
}

std::optional<std::int64_t> ReadNumber(const http::Request& request, std::string_view name,
                                       std::string_view wanted) {
  const auto text = request.QueryValue(name);
  if (!text || text->empty()) return std::nullopt;
  const auto number = ParseInt(*text);
  if (!number) Refuse(name, *text, wanted);
  if (*number < 0) Refuse(name, *text, "a positive integer >= 0");
  return number;
}

}  // namespace

Paging ReadPaging(const http::Request& request, std::int64_t limit_max) {
  Paging paging;
  const auto limit = ReadNumber(request, "limit", "a positive integer").value_or(kDefaultLimit);
  paging.limit = limit == 0 ? limit_max : std::min(limit, limit_max);
  paging.offset = ReadNumber(request, "offset", "an integer").value_or(0);
  return paging;
}

std::string PageReference(const http::Request& request, const Paging& paging, std::int64_t offset) {
  std::string text = "?";
  for (const auto& [name, value] : request.query) {
    if (name == "limit" || name == "offset") continue;
    text += PercentEncode(name) + "=" + PercentEncode(value) + "&";
  }
  return text + "limit=" + std::to_string(paging.limit) + "&offset=" + std::to_string(offset);
}

void WriteMeta(json::Writer& out, const http::Request& request, const Paging& paging,
               std::int64_t total, bool has_more) {
  const auto reference = [&](bool exists, std::int64_t offset) {
    if (!exists) return std::optional<std::string>();
    return std::optional(PageReference(request, paging, offset));
  };
  out.BeginObject();
  out.Member("limit", paging.limit);
  out.MemberOrNull("next", reference(has_more, paging.offset + paging.limit));
  out.Member("offset", paging.offset);
  out.MemberOrNull("previous",
                   reference(paging.offset >= paging.limit, paging.offset - paging.limit));
  out.Member("total_count", total);
  out.EndObject();
}

}  // namespace outpost::web
