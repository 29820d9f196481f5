#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include <sys/resource.h>

#include "base/clock.h"
#include "http/client.h"
#include "http/server.h"

/// Requests per second of the server alone: tiny POSTs of 2 kB against a handler that answers at
/// once, and against one whose answers come from a single other thread in batches, as the writer's
/// do. Usage: http_bench [connections] [seconds] [log]. Clients run in this process, so the figure
/// of interest is the CPU time per request of the I/O thread as well as the rate.
namespace outpost::http {
namespace {

/// Answers from one thread, all that wait at once.
class BatchAnswerer {
 public:
  BatchAnswerer() : thread_([this] { Work(); }) {}
  ~BatchAnswerer() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    has_work_.notify_one();
    thread_.join();
  }
  void Add(Responder responder) {
    bool must_wake = false;
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(responder));
      must_wake = waiting_.size() == 1;
    }
    if (must_wake) has_work_.notify_one();
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      has_work_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
      if (is_stopping_) return;
      std::vector<Responder> batch = std::exchange(waiting_, {});
      lock.unlock();
      for (auto& responder : batch) responder.Send(Response::Text(201, "stored"));
      batch.clear();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable has_work_;
  std::vector<Responder> waiting_;
  bool is_stopping_ = false;
  std::thread thread_;
};

double CpuSeconds(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void Measure(const std::string& address, const char* path, int connections, int seconds) {
  std::atomic<bool> must_end{false};
  std::atomic<std::int64_t> count{0};
  std::atomic<std::int64_t> client_cpu_micros{0};
  std::vector<std::thread> threads;
  const double cpu_before = CpuSeconds(RUSAGE_SELF);
  const std::int64_t begin = SteadyMicros();
  for (int i = 0; i < connections; ++i) {
    threads.emplace_back([&] {
      Client client("http://" + address);
      Headers headers;
      headers.Add("Authorization", "Basic YXNoYUBkZW1vOnNlY3JldA==");
      headers.Add("X-OpenRosa-Version", "3.0");
      headers.Add("Content-Type", "text/xml");
      const std::string body(2'000, 'x');
      while (!must_end) {
        client.Send(Method::kPost, path, headers, body);
        ++count;
      }
      client_cpu_micros += static_cast<std::int64_t>(CpuSeconds(RUSAGE_THREAD) * 1e6);
    });
  }
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  must_end = true;
  for (auto& thread : threads) thread.join();
  const auto requests = static_cast<double>(count.load());
  const double took = static_cast<double>(SteadyMicros() - begin) / 1e6;
  const double server =
      CpuSeconds(RUSAGE_SELF) - cpu_before - static_cast<double>(client_cpu_micros.load()) / 1e6;
  fmt::print("{:<12} {:>3} connections: {:>8.0f} requests/s, server {:.1f} us CPU a request\n",
             path, connections, requests / took, server * 1e6 / requests);
}

int Run(int connections, int seconds, bool with_log) {
  Router router;
  BatchAnswerer answerer;
  const RouteOptions options{.name = "bench", .group = Group::kMobile, .body_bytes_max = 1 << 20};
  router.Add(Method::kPost, "/a/{domain}/immediate", options,
             [](Request&) { return Response::Text(201, "stored"); });
  router.AddAsync(
      Method::kPost, "/a/{domain}/async", options,
      [&answerer](Request&, Responder responder) { answerer.Add(std::move(responder)); });
  const Router admin;
  const SystemClock clock;
  MetricRegistry metrics;
  ServerOptions server_options;
  server_options.listeners = {{"127.0.0.1:0", false}};
  server_options.spool = std::filesystem::temp_directory_path();
  server_options.log_requests = with_log;
  server_options.mobile_threads = 2;
  server_options.web_threads = 1;
  Server server(server_options, router, admin, clock, metrics, nullptr);
  server.Start();
  Measure(server.addresses()[0], "/a/demo/immediate", connections, seconds);
  Measure(server.addresses()[0], "/a/demo/async", connections, seconds);
  server.Stop(std::chrono::seconds(1));
  return 0;
}

}  // namespace
}  // namespace outpost::http

int main(int argc, char** argv) {
  const int connections = argc > 1 ? std::atoi(argv[1]) : 16;
  const int seconds = argc > 2 ? std::atoi(argv[2]) : 3;
  return outpost::http::Run(connections, seconds, argc > 3);
}
