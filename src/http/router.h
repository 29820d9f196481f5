#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/message.h"

/// Path → handler. A path with and without its final slash is the same path; nothing redirects.
namespace outpost::http {

/// Which worker threads run the handler: forms never wait for syncs, nor phones for pages. kAdmin
/// shares kWeb's.
enum class Group : std::uint8_t { kMobile, kSync, kWeb, kAdmin };

/// Answers out of memory, or not: then the handler is asked. Runs on an I/O thread, so it waits for
/// nothing, and throws nothing.
using QuickHandler = std::function<std::optional<Response>(const Request&)>;

struct RouteOptions {
  std::string name;  // label in metrics and logs, such as "receiver"
  Group group = Group::kWeb;
  std::int64_t body_bytes_max = 1 << 20;
  QuickHandler quick = {};  // empty: none; not asked about requests with a body
};

/// Answers now, on the worker's thread. A Problem becomes an answer at the edge.
using Handler = std::function<Response(Request&)>;
/// Answers through the responder, now or later. A Problem thrown before that becomes an answer.
using AsyncHandler = std::function<void(Request&, Responder)>;

struct Route {
  Method method;
  std::vector<std::string> segments;  // "" for a capture
  std::string pattern;
  RouteOptions options;
  AsyncHandler handler;
};

/// Cost of Find: the depth of the path, whatever the number of routes. Threads: Find from any,
/// while nothing is added.
class Router {
 public:
  /// Longer paths match nothing.
  static constexpr std::size_t kSegmentsMax = 64;

  /// Pattern: "/a/{domain}/receiver/secure/{app}". A capture takes one whole, non-empty segment; a
  /// last segment "{rest...}" takes all that is left, also nothing. Earlier routes win.
  void Add(Method method, std::string_view pattern, RouteOptions options, Handler handler);
  void AddAsync(Method method, std::string_view pattern, RouteOptions options,
                AsyncHandler handler);

  struct Match {
    const Route* route = nullptr;       // null: none
    std::vector<std::string> captures;  // percent-decoded, each on its own: an encoded slash stays
    std::string allowed;                // "GET, POST" when only the method did not match
  };
  /// `path` is raw (still percent-encoded), without the query. HEAD matches GET routes.
  Match Find(Method method, std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  /// A place in the tree of segments. The tree narrows down; the earliest of the routes that fit
  /// wins, so both ways (literal and capture) are walked.
  struct Node {
    std::unordered_map<std::string, std::size_t> literals;
    std::size_t capture = 0;          // index of a node, 0: none
    std::vector<std::size_t> routes;  // that end here
    std::vector<std::size_t> rests;   // that take all that is left from here
  };
  struct Walk;

  void Visit(std::size_t node, std::size_t depth, Walk& walk) const;

  std::vector<Route> routes_;
  std::vector<Node> nodes_{1};
};

}  // namespace outpost::http
