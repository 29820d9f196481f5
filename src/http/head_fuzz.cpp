#include <cstddef>
#include <cstdint>
#include <string>

#include "base/problem.h"
#include "http/credentials.h"
#include "http/detail/forwarded.h"
#include "http/detail/header_fields.h"
#include "http/detail/request_reader.h"
#include "http/detail/target.h"
#include "http/multipart.h"
#include "http/router.h"

namespace {

using namespace outpost::http;
using detail::RequestReader;

constexpr std::size_t kHeadBytesMax = 4'096;
constexpr std::int64_t kBodyBytesMax = 10'000;

/// Everything that is read out of a head before anybody is known.
void ReadRequest(Request& request) {
  static const Router router = [] {
    Router made;
    made.Add(Method::kPost, "/a/{domain}/receiver/{app}", {}, [](Request&) { return Response(); });
    made.Add(Method::kGet, "/static/{rest...}", {}, [](Request&) { return Response(); });
    return made;
  }();
  static const detail::TrustedProxies proxies({"0.0.0.0/0"});
  const detail::Target target = detail::ReadTarget(request.target);
  if (target.is_valid) {
    request.query = detail::ReadQuery(target.raw_query);
    router.Find(request.method, target.raw_path);
  }
  proxies.Apply("127.0.0.1", request);
  ReadCredentials(request);
  CookieOf(request, "sessionid");
  BoundaryOf(request.headers.Find("Content-Type").value_or(""));
  detail::AcceptsGzip(request.headers.Find("Accept-Encoding").value_or(""));
}

/// Feeds in pieces of `step`, as a connection does, and returns what was made of it.
std::string Outcome(std::string_view bytes, std::size_t step) {
  static const detail::Spool spool("/nonexistent", 0);
  RequestReader reader(kHeadBytesMax);
  Request request;
  detail::BodySink sink(spool, kBodyBytesMax, false, std::nullopt);
  std::string pending;
  bool has_head = false;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    pending += bytes.substr(at, step);
    std::string_view unread = pending;
    auto state = RequestReader::State::kDone;
    if (!has_head) {
      state = reader.ReadHead(unread, request);
      if (state == RequestReader::State::kDone) {
        has_head = true;
        ReadRequest(request);
        if (!reader.framing().has_body) return "head " + request.target;
      }
    }
    if (has_head && !unread.empty()) {
      state = reader.ReadBody(unread, sink);
      if (state == RequestReader::State::kDone) return "body " + request.target;
    }
    if (state == RequestReader::State::kMalformed) return "malformed";
    if (state == RequestReader::State::kHeadTooLarge) return "malformed";
    if (state == RequestReader::State::kStopped) return "stopped";
    pending.erase(0, static_cast<std::size_t>(unread.data() - pending.data()));
  }
  return "more";
}

}  // namespace

/// One request, whole and byte by byte: both are the same request.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = Outcome(bytes, size + 1);
  const std::string single = Outcome(bytes, 1);
  // What is over a limit may be noticed earlier or later, never understood differently.
  const bool is_request = whole.starts_with("head ") || whole.starts_with("body ");
  if (is_request) OUTPOST_CHECK(whole == single);
  return 0;
}
