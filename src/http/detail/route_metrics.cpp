#include "http/detail/route_metrics.h"

#include <algorithm>

namespace outpost::http::detail {

RouteMetrics::RouteMetrics(const Router& router, MetricRegistry& metrics) {
  std::vector<std::string> names;
  for (const auto& route : router.routes()) names.push_back(route.options.name);
  names.emplace_back("none");
  for (const auto& name : names) {
    OfRoute of_route;
    for (std::size_t i = 0; i < of_route.by_class.size(); ++i) {
      const std::string status = std::to_string(i + 1) + "xx";
      const MetricLabel labels[] = {{"route", name}, {"status", status}};
      of_route.by_class[i] = &metrics.CounterOf("outpost.http.requests", labels);
    }
    const MetricLabel labels[] = {{"route", name}};
    of_route.duration = &metrics.HistogramOf("outpost.http.duration", labels);
    routes_.push_back(of_route);
  }
}

void RouteMetrics::Count(std::size_t route, int status, std::int64_t micros) {
  const OfRoute& of_route = routes_[std::min(route, routes_.size() - 1)];
  const int by_class = std::clamp(status / 100, 1, 5) - 1;
  of_route.by_class[static_cast<std::size_t>(by_class)]->Add();
  of_route.duration->ObserveMicros(micros);
}

}  // namespace outpost::http::detail
