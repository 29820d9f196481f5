#include "operations/health/health.h"

#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "crypto/digests.h"
#include "operations/health/embedded_checks.h"
#include "operations/health/process_metrics.h"
#include "operations/health/serverup.h"

namespace outpost::health {
namespace {

using http::Method;
using http::Request;
using http::Responder;
using http::Response;

std::vector<Check> ChecksOf(HealthContext& context) {
  auto checks = EmbeddedChecks(context.database, context.writer, context.paths);
  for (const auto& other : context.checks) {
    const auto at = std::find_if(checks.begin(), checks.end(),
                                 [&](const Check& check) { return check.name == other.name; });
    if (at == checks.end()) {
      checks.push_back(other);
    } else {
      *at = other;
    }
  }
  return checks;
}

void Serverup(CheckBoard& board, const HealthContext& context, const Request& request,
              Responder responder) {
  const auto shared = std::make_shared<Responder>(std::move(responder));
  const bool is_asked =
      board.Ask(ChooseChecks(request.query), [shared, &context](const auto& verdicts) {
        const bool is_deploying = IsDeploying(context.paths, context.clock.Now());
        shared->Send(ServerupReply(verdicts, context.host_name, is_deploying));
      });
  if (!is_asked) shared->Send(Response::Text(503, "Too many are asking at the same time."));
}

Response Ready(HealthContext& context) {
  try {
    const auto reader = context.database.Read();
    const auto rows = reader->Query("SELECT seq FROM position");
    if (rows->Next()) return Response::Json(200, R"({"ready": true})");
  } catch (const std::exception& error) {
    Log(LogLevel::kError, "ready.failed", {{"error", error.what()}});
  }
  return Response::Json(503, R"({"ready": false, "reasons": ["The database does not answer."]})");
}

Response Metrics(HealthContext& context, const Request& request) {
  if (!MayReadMetrics(request, context)) {
    throw Problem(ProblemKind::kForbidden,
                  "Metrics are for this machine. Others need the bearer token of the setting "
                  "metrics.token.");
  }
  SampleProcess(context.metrics, context.paths, context.clock);
  return Response::Text(200, context.metrics.RenderPrometheus(),
                        "text/plain; version=0.0.4; charset=utf-8");
}

bool IsLoopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

}  // namespace

bool IsDeploying(const DataPaths& paths, Instant now) {
  struct stat file {};
  if (::stat((paths.root / kDeployFile).c_str(), &file) != 0) return false;
  const Instant began{std::int64_t{file.st_mtim.tv_sec} * kMicrosPerSecond};
  return now - began < kDeployMicrosMax;
}

bool MayReadMetrics(const Request& request, const HealthContext& context) {
  if (request.is_local_socket) return true;
  const auto authorization = request.headers.Find("Authorization").value_or("");
  constexpr std::string_view kBearer = "Bearer ";
  if (!context.metrics_token.empty() && authorization.starts_with(kBearer) &&
      crypto::EqualsConstantTime(authorization.substr(kBearer.size()), context.metrics_token)) {
    return true;
  }
  const auto& allowed = context.metrics_addresses;
  if (std::find(allowed.begin(), allowed.end(), request.remote_address) != allowed.end()) {
    return true;
  }
  // After a trusted proxy the address is the client's, so this is a proxy that nobody announced.
  const bool came_through_proxy =
      request.headers.Find("X-Forwarded-For") || request.headers.Find("Forwarded");
  return IsLoopback(request.remote_address) && !came_through_proxy;
}

void AddHealthRoutes(http::Router& router, HealthContext& context) {
  const auto board = std::make_shared<CheckBoard>(ChecksOf(context), context.metrics);
  router.AddAsync(Method::kGet, "/serverup.txt", {"serverup"},
                  [board, &context](Request& request, Responder responder) {
                    Serverup(*board, context, request, std::move(responder));
                  });
  router.Add(Method::kGet, "/up", {"up"}, [](Request&) { return Response::Text(200, "up"); });
  router.Add(Method::kGet, "/ready", {"ready"}, [&context](Request&) { return Ready(context); });
  router.Add(Method::kGet, "/metrics", {"metrics"},
             [&context](Request& request) { return Metrics(context, request); });
  router.Add(Method::kGet, "/formplayer/serverup", {"formplayer_serverup"},
             [](Request&) { return Response::Json(200, R"({"status":"ok"})"); });
}

}  // namespace outpost::health
