#include "cli/serve/replica_process.h"

#include <boost/json.hpp>
#include <csignal>
#include <ctime>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/data_folder.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/problem.h"
#include "cli/serve/signals.h"
#include "http/server.h"
#include "operations/admin/admin.h"
#include "operations/health/health.h"
#include "operations/health/process_metrics.h"
#include "operations/standby/standby.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;
using http::Method;
using http::Request;
using http::Response;

/// Looked at so often whether it was promoted meanwhile.
constexpr timespec kSignalPause{0, 100'000'000};
constexpr std::chrono::seconds kGrace{2};

std::string MomentOf(std::int64_t micros) { return micros == 0 ? "" : FormatT6({micros}); }

std::string JsonOf(const standby::StandbyStatus& status, Instant now) {
  return json::serialize(json::object{
      {"role", "standby"},
      {"from", status.where},
      {"is_whole", status.is_whole},
      {"seq", status.seq},
      {"newest_commit", MomentOf(status.at)},
      {"complete_as_of", MomentOf(status.looked)},
      {"seconds_since", status.looked == 0 ? json::value(nullptr)
                                           : json::value(double(now.micros - status.looked) / 1e6)},
      {"segments", status.segments},
      {"lag_seconds", static_cast<double>(status.lag_micros) / 1e6},
      {"longest_lag_seconds", static_cast<double>(status.longest_lag_micros) / 1e6},
      {"base_done_bytes", status.base_done * 4'096},
      {"base_all_bytes", status.base_all * 4'096},
      {"trouble", status.trouble}});
}

std::string JsonOf(const standby::Promoted& promoted) {
  return json::serialize(json::object{{"seq", promoted.seq},
                                      {"newest_commit", MomentOf(promoted.at)},
                                      {"micros", promoted.micros},
                                      {"files", promoted.files},
                                      {"missing_files", json::value_from(promoted.missing_files)},
                                      {"warning", promoted.warning}});
}

standby::StandbyOptions StandbyOptionsOf(const ReplicaOptions& options, const DataPaths& paths) {
  standby::StandbyOptions out;
  out.where = options.from;
  out.key_file = options.key_file;
  out.paths = paths;
  out.pause = options.pause;
  return out;
}

}  // namespace

struct ReplicaProcess::Parts {
  explicit Parts(const ReplicaOptions& options)
      : signals(BlockSignals()),
        folder(options.data),
        standby(StandbyOptionsOf(options, folder.paths()), clock, metrics) {
    AddRoutes();
    http::ServerOptions server_options;
    for (const auto& address : options.listen) server_options.listeners.push_back({address, false});
    server_options.admin_socket = folder.paths().admin_socket();
    server_options.spool = folder.paths().spool();
    server_options.mobile_threads = server_options.sync_threads = server_options.web_threads = 1;
    server.emplace(std::move(server_options), router, admin_router, clock, metrics,
                   http::ProblemRenderer{});
    server->Start();
  }

  void AddRoutes() {
    router.Add(Method::kGet, "/up", {"up"}, [](Request&) { return Response::Text(200, "up"); });
    router.Add(Method::kGet, "/replica", {"replica"}, [this](Request&) { return Status(200); });
    router.Add(Method::kGet, "/ready", {"ready"}, [this](Request&) { return Status(503); });
    // Whoever asks whether forms may go here must hear no.
    router.Add(Method::kGet, "/serverup.txt", {"serverup"}, [](Request&) {
      return Response::Text(500, "This is a standby. It serves after outpost replica promote.");
    });
    router.Add(Method::kGet, "/metrics", {"metrics"},
               [this](Request& request) { return Metrics(request); });
    for (const auto method : {Method::kGet, Method::kPost, Method::kPut}) {
      router.Add(method, "/{rest...}", {"standby"}, [](Request&) -> Response {
        throw Problem(ProblemKind::kPaused, "This server is a standby. Ask again later.");
      });
    }
    operations::AddCommandRoute(admin_router, "replica.status", [this](std::string_view) {
      return JsonOf(standby.Status(), clock.Now());
    });
    operations::AddCommandRoute(admin_router, "replica.promote",
                                [this](std::string_view) { return Promote(); });
  }

  Response Status(int status) {
    return Response::Json(status, JsonOf(standby.Status(), clock.Now()));
  }

  Response Metrics(const Request& request) {
    if (!request.is_local_socket && !request.remote_address.starts_with("127.")) {
      throw Problem(ProblemKind::kForbidden, "A standby shows its metrics to this machine only.");
    }
    health::SampleProcess(metrics, folder.paths(), clock);
    return Response::Text(200, metrics.RenderPrometheus(),
                          "text/plain; version=0.0.4; charset=utf-8");
  }

  std::string Promote() {
    const std::lock_guard lock(mutex);
    if (promoted) return JsonOf(*promoted);
    promoted = standby.Promote();
    return JsonOf(*promoted);
  }

  bool IsPromoted() {
    const std::lock_guard lock(mutex);
    return promoted.has_value();
  }

  sigset_t signals;
  DataFolder folder;
  SystemClock clock;
  MetricRegistry metrics;
  standby::Standby standby;
  std::mutex mutex;
  std::optional<standby::Promoted> promoted;
  http::Router router, admin_router;
  std::optional<http::Server> server;
};

ReplicaProcess::ReplicaProcess(const ReplicaOptions& options)
    : parts_(std::make_unique<Parts>(options)) {}

ReplicaProcess::~ReplicaProcess() = default;

std::vector<std::string> ReplicaProcess::addresses() const { return parts_->server->addresses(); }

bool ReplicaProcess::Run() {
  bool is_promoted = false;
  while (!is_promoted && sigtimedwait(&parts_->signals, nullptr, &kSignalPause) < 0) {
    is_promoted = parts_->IsPromoted();
  }
  parts_->server->Stop(kGrace);  // the answer to who promoted it goes out first
  parts_->standby.Stop();
  parts_.reset();
  return is_promoted;
}

}  // namespace outpost::cli
