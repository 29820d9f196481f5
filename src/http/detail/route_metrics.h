#pragma once

#include <array>
#include <vector>

#include "base/metrics.h"
#include "http/router.h"

namespace outpost::http::detail {

/// Counters of each route, looked up once.
class RouteMetrics {
 public:
  RouteMetrics(const Router& router, MetricRegistry& metrics);

  /// `route` is the index in the router, or kNone for answers outside any route.
  void Count(std::size_t route, int status, std::int64_t micros);
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

 private:
  struct OfRoute {
    std::array<Counter*, 5> by_class{};  // 1xx … 5xx
    Histogram* duration = nullptr;
  };
  std::vector<OfRoute> routes_;  // the last one: none
};

}  // namespace outpost::http::detail
