#include "http/router.h"

#include <algorithm>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::http {
namespace {

bool IsCapture(std::string_view segment) { return segment.size() > 2 && segment.front() == '{'; }
bool IsRest(std::string_view segment) { return IsCapture(segment) && segment.ends_with("...}"); }

/// The path's segments without the first and one final slash. Empty when it is no path.
std::vector<std::string_view> SegmentsOf(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  return path.empty() ? std::vector<std::string_view>() : Split(path, '/');
}

bool Serves(Method of_route, Method asked) {
  return of_route == asked || (of_route == Method::kGet && asked == Method::kHead);
}

}  // namespace

struct Router::Walk {
  Method method;
  std::vector<std::string> segments;
  std::size_t best = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> of_other_methods;
};

void Router::Add(Method method, std::string_view pattern, RouteOptions options, Handler handler) {
  AddAsync(method, pattern, std::move(options),
           [handler = std::move(handler)](Request& request, Responder responder) {
             responder.Send(handler(request));
           });
}

void Router::AddAsync(Method method, std::string_view pattern, RouteOptions options,
                      AsyncHandler handler) {
  OUTPOST_CHECK(pattern.starts_with('/'));
  const auto segments = SegmentsOf(pattern);
  OUTPOST_CHECK(segments.size() <= kSegmentsMax);
  Route route{method, {}, std::string(pattern), std::move(options), std::move(handler)};
  const std::size_t index = routes_.size();
  std::size_t node = 0;
  bool takes_rest = false;
  for (const auto segment : segments) {
    OUTPOST_CHECK(!takes_rest);  // "{rest...}" must come last
    route.segments.emplace_back(IsCapture(segment) ? std::string_view() : segment);
    if (IsRest(segment)) {
      takes_rest = true;
      continue;
    }
    std::size_t next = nodes_.size();
    if (IsCapture(segment)) {
      next = nodes_[node].capture != 0 ? nodes_[node].capture : next;
      nodes_[node].capture = next;
    } else {
      next = nodes_[node].literals.try_emplace(std::string(segment), next).first->second;
    }
    if (next == nodes_.size()) nodes_.emplace_back();
    node = next;
  }
  (takes_rest ? nodes_[node].rests : nodes_[node].routes).push_back(index);
  routes_.push_back(std::move(route));
}

void Router::Visit(std::size_t node_index, std::size_t depth, Walk& walk) const {
  const Node& node = nodes_[node_index];
  const auto consider = [this, &walk](std::size_t route) {
    if (Serves(routes_[route].method, walk.method)) {
      walk.best = std::min(walk.best, route);
    } else {
      walk.of_other_methods.push_back(route);
    }
  };
  std::for_each(node.rests.begin(), node.rests.end(), consider);
  if (depth == walk.segments.size()) {
    std::for_each(node.routes.begin(), node.routes.end(), consider);
    return;
  }
  const std::string& segment = walk.segments[depth];
  const auto literal = node.literals.find(segment);
  if (literal != node.literals.end()) Visit(literal->second, depth + 1, walk);
  if (node.capture != 0 && !segment.empty()) Visit(node.capture, depth + 1, walk);
}

Router::Match Router::Find(Method method, std::string_view path) const {
  Match match;
  const auto raw = SegmentsOf(path);
  if (!path.starts_with('/') || raw.size() > kSegmentsMax) return match;
  Walk walk;
  walk.method = method;
  walk.segments.reserve(raw.size());
  for (const auto segment : raw) walk.segments.push_back(PercentDecode(segment));
  Visit(0, 0, walk);

  if (walk.best < routes_.size()) {
    match.route = &routes_[walk.best];
    const auto& segments = match.route->segments;
    const bool takes_rest = match.route->pattern.ends_with("...}");
    const std::size_t single = takes_rest ? segments.size() - 1 : segments.size();
    for (std::size_t i = 0; i < single; ++i) {
      if (segments[i].empty()) match.captures.push_back(std::move(walk.segments[i]));
    }
    if (takes_rest) {
      std::string rest;
      for (std::size_t i = single; i < walk.segments.size(); ++i) {
        if (i > single) rest += '/';
        rest += walk.segments[i];
      }
      match.captures.push_back(std::move(rest));
    }
    return match;
  }
  std::vector<std::string_view> names;
  for (const std::size_t route : walk.of_other_methods) {
    names.push_back(NameOf(routes_[route].method));
    if (routes_[route].method == Method::kGet) names.push_back(NameOf(Method::kHead));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const auto name : names) {
    if (!match.allowed.empty()) match.allowed += ", ";
    match.allowed += name;
  }
  return match;
}

}  // namespace outpost::http
