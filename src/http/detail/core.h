#pragma once

#include <atomic>
#include <memory>

#include "http/detail/certificates.h"
#include "http/detail/forwarded.h"
#include "http/detail/route_metrics.h"
#include "http/detail/spool.h"
#include "http/detail/work_group.h"
#include "http/server.h"

namespace outpost::http::detail {

/// What all connections of a server share.
struct Core {
  Core(ServerOptions server_options, const Router& public_router, const Router& admin_router,
       const Clock& server_clock, MetricRegistry& registry, ProblemRenderer problem_renderer)
      : options(std::move(server_options)),
        router(public_router),
        admin(admin_router),
        clock(server_clock),
        renderer(problem_renderer ? std::move(problem_renderer)
                                  : ProblemRenderer(RenderProblemPlainly)),
        proxies(options.trusted_proxies),
        spool(options.spool, options.limits.spool_bytes),
        metrics(router, registry),
        admin_metrics(admin, registry),
        connections_gauge(registry.GaugeOf("outpost.http.connections")),
        mobile(options.mobile_threads, options.limits.queue_requests, renderer),
        sync(options.sync_threads, options.limits.queue_requests, renderer),
        web(options.web_threads, options.limits.queue_requests, renderer) {}

  const ServerOptions options;
  const Router& router;
  const Router& admin;
  const Clock& clock;
  const ProblemRenderer renderer;
  const TrustedProxies proxies;
  const Spool spool;
  RouteMetrics metrics;
  RouteMetrics admin_metrics;
  Gauge& connections_gauge;
  std::atomic<std::size_t> connections{0};
  std::atomic<bool> is_stopping{false};
  std::unique_ptr<Certificates> certificates;  // when a listener has TLS
  WorkGroup mobile;
  WorkGroup sync;
  WorkGroup web;

  void CountConnection(bool is_new) {
    const std::size_t before = is_new ? connections.fetch_add(1) : connections.fetch_sub(1);
    connections_gauge.Set(static_cast<double>(is_new ? before + 1 : before - 1));
  }
};

}  // namespace outpost::http::detail
