#include "services/mobile/apps/shelf.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/clock.h"
#include "http/accepts.h"

namespace outpost::mobile {
namespace {

/// A question whose answer depends on these is answered from the files.
bool IsPlain(const http::Request& request) {
  constexpr std::array<std::string_view, 4> kConditions = {"Range", "If-Range", "If-None-Match",
                                                           "Authorization"};
  return std::none_of(kConditions.begin(), kConditions.end(), [&](std::string_view name) {
    return request.headers.Find(name).has_value();
  });
}

bool MayBeKept(const http::Response& response) {
  const auto caching = response.headers.Find("Cache-Control");
  return response.status == 200 && caching && caching->starts_with("public") &&
         std::holds_alternative<std::string>(response.body);
}

std::string KeyOf(const http::Request& request) {
  return (http::AcceptsGzip(request) ? "z" : "p") + request.target;
}

std::size_t BytesOf(const std::string& key, const http::Response& response) {
  return Shelf::kEntryBytes + key.size() + std::get<std::string>(response.body).size();
}

}  // namespace

std::optional<http::Response> Shelf::Find(const http::Request& request) {
  if (!IsPlain(request)) return std::nullopt;
  const auto key = KeyOf(request);
  std::shared_ptr<const http::Response> response;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end()) return std::nullopt;
    if (SteadyMicros() - found->second.put_at >= kFreshMicros) {
      bytes_ -= BytesOf(key, *found->second.response);
      entries_.erase(found);
      return std::nullopt;
    }
    response = found->second.response;
  }
  http::Response copy;
  copy.status = response->status;
  copy.headers = response->headers;
  copy.body = std::get<std::string>(response->body);
  copy.may_compress = response->may_compress;
  return copy;
}

std::uint64_t Shelf::times_forgotten() {
  const std::lock_guard lock(mutex_);
  return times_forgotten_;
}

void Shelf::Put(const http::Request& request, const http::Response& response,
                std::uint64_t times_forgotten) {
  if (!IsPlain(request) || !MayBeKept(response)) return;
  auto kept = std::make_shared<http::Response>();
  kept->status = response.status;
  kept->headers = response.headers;
  kept->body = std::get<std::string>(response.body);
  kept->may_compress = response.may_compress;
  auto key = KeyOf(request);
  const auto bytes = BytesOf(key, *kept);
  const std::lock_guard lock(mutex_);
  if (times_forgotten != times_forgotten_ || bytes > kBytesMax) return;
  if (const auto old = entries_.find(key); old != entries_.end()) {
    bytes_ -= BytesOf(key, *old->second.response);
    entries_.erase(old);
  }
  if (bytes_ + bytes > kBytesMax) {
    entries_.clear();
    bytes_ = 0;
  }
  bytes_ += bytes;
  entries_.emplace(std::move(key), Entry{std::move(kept), SteadyMicros()});
}

void Shelf::Forget() {
  const std::lock_guard lock(mutex_);
  ++times_forgotten_;
  entries_.clear();
  bytes_ = 0;
}

}  // namespace outpost::mobile
