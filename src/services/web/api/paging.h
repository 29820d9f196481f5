#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "format/json/writer.h"
#include "http/message.h"

/// Paging by offset, as all classic lists have it (web document 1.4).
namespace outpost::web {

inline constexpr std::int64_t kDefaultLimit = 20;
inline constexpr std::int64_t kLimitMax = 1'000;
/// Of cases; clients ask for 5,000 at once.
inline constexpr std::int64_t kCaseLimitMax = 5'000;

struct Paging {
  std::int64_t limit = kDefaultLimit;  // the effective one
  std::int64_t offset = 0;
};
/// A limit over the maximum is cut to it without a word, 0 means the maximum.
/// @throws Problem kBadRequest in the words that clients know
Paging ReadPaging(const http::Request& request, std::int64_t limit_max);

/// A page of this list at another offset: "?", every parameter as it was sent, limit and offset.
/// Airbyte drops the first character and parses the rest.
std::string PageReference(const http::Request& request, const Paging& paging, std::int64_t offset);

/// {"limit", "next", "offset", "previous", "total_count"}
void WriteMeta(json::Writer& out, const http::Request& request, const Paging& paging,
               std::int64_t total, bool has_more);

}  // namespace outpost::web
