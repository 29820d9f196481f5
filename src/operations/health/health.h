#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/data_folder.h"
#include "base/metrics.h"
#include "http/router.h"
#include "operations/health/check_board.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// The addresses that monitors ask (operations document 3.1, 3.2):
///
///   /serverup.txt   every part works, by doing something with it; 200 `success` or 500
///   /up             the process answers; touches no store
///   /ready          the stores are open; 200 or 503 with reasons
///   /metrics        Prometheus text, not for strangers
///   /formplayer/serverup   what monitors of the web-entry service ask
namespace outpost::health {

/// A deploy excuses failed checks for at most this long.
inline constexpr std::int64_t kDeployMicrosMax = 30 * 60 * kMicrosPerSecond;
/// A file of this name in the data folder says that a deploy began when the file was last written.
inline constexpr const char* kDeployFile = "deploying";

/// Must outlive the router.
struct HealthContext {
  sql::Database& database;
  sql::Writer& writer;
  MetricRegistry& metrics;
  const Clock& clock;
  DataPaths paths;
  /// Shown to whoever reads a failure.
  std::string host_name;
  /// Lets other machines read /metrics; empty: none may by token.
  std::string metrics_token;
  /// Addresses that may read /metrics without it, beside this machine.
  std::vector<std::string> metrics_addresses;
  /// Take the place of the embedded checks of the same name: services on other machines.
  std::vector<Check> checks;
};

/// Starts the thread that runs the checks; it ends with the router.
void AddHealthRoutes(http::Router& router, HealthContext& context);

/// May this request read /metrics? The admin socket and this machine may; but not what another
/// machine sent through a proxy here that is not among the trusted ones.
bool MayReadMetrics(const http::Request& request, const HealthContext& context);

/// A deploy began less than kDeployMicrosMax ago.
bool IsDeploying(const DataPaths& paths, Instant now);

}  // namespace outpost::health
