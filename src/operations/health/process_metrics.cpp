#include "operations/health/process_metrics.h"

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace outpost::health {
namespace {

namespace fs = std::filesystem;

double Bytes(std::uint64_t count, std::uint64_t unit) {
  return static_cast<double>(count) * static_cast<double>(unit);
}

void SampleMemory(MetricRegistry& metrics) {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  if (statm >> total >> resident) {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    metrics.GaugeOf("process_resident_memory_bytes").Set(Bytes(resident, page));
  }
  std::ifstream meminfo("/proc/meminfo");
  std::string key;
  std::string unit;
  double kib = 0;
  double swap_total = 0;
  double swap_free = 0;
  while (meminfo >> key >> kib) {
    std::getline(meminfo, unit);
    if (key == "MemAvailable:") metrics.GaugeOf("node_memory_available_bytes").Set(kib * 1024);
    if (key == "MemTotal:") metrics.GaugeOf("node_memory_total_bytes").Set(kib * 1024);
    if (key == "SwapTotal:") swap_total = kib * 1024;
    if (key == "SwapFree:") swap_free = kib * 1024;
  }
  metrics.GaugeOf("node_swap_total_bytes").Set(swap_total);
  metrics.GaugeOf("node_swap_used_bytes").Set(swap_total - swap_free);
}

/// Seconds since boot at which this process started; field 22 of its stat line.
double StartedAfterBoot() {
  std::ifstream stat("/proc/self/stat");
  std::string line;
  std::getline(stat, line);
  const auto after_name = line.rfind(')');  // the name may hold blanks
  if (after_name == std::string::npos) return 0;
  std::istringstream fields(line.substr(after_name + 1));
  constexpr int kFieldsBefore = 19;
  std::string skipped;
  for (int i = 0; i < kFieldsBefore; ++i) fields >> skipped;
  double ticks = 0;
  fields >> ticks;
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

void SampleTimes(MetricRegistry& metrics, const Clock& clock) {
  std::ifstream uptime("/proc/uptime");
  double since_boot = 0;
  if (uptime >> since_boot) {
    const double age = since_boot - StartedAfterBoot();
    metrics.GaugeOf("process_uptime_seconds").Set(age);
    metrics.GaugeOf("process_start_time_seconds")
        .Set(static_cast<double>(clock.Now().micros) / 1e6 - age);
  }
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    metrics.GaugeOf("process_cpu_seconds").Set(seconds(usage.ru_utime) + seconds(usage.ru_stime));
  }
  std::ifstream loads("/proc/loadavg");
  double load = 0;
  if (loads >> load) metrics.GaugeOf("node_load1").Set(load);
}

void SampleCounts(MetricRegistry& metrics) {
  const auto count = [](const char* folder) {
    std::error_code error;
    const auto entries = fs::directory_iterator(folder, error);
    return error ? 0.0 : static_cast<double>(std::distance(fs::begin(entries), fs::end(entries)));
  };
  metrics.GaugeOf("process_open_fds").Set(count("/proc/self/fd"));
  metrics.GaugeOf("process_threads").Set(count("/proc/self/task"));
}

void SampleDisk(MetricRegistry& metrics, const DataPaths& paths) {
  struct statvfs volume {};
  if (::statvfs(paths.root.c_str(), &volume) == 0 && volume.f_blocks > 0) {
    metrics.GaugeOf("outpost.data.free_bytes").Set(Bytes(volume.f_bavail, volume.f_frsize));
    metrics.GaugeOf("outpost.data.free_inodes").Set(static_cast<double>(volume.f_favail));
    metrics.GaugeOf("outpost.data.used_ratio")
        .Set(1 - static_cast<double>(volume.f_bavail) / static_cast<double>(volume.f_blocks));
  }
  const auto size = [](fs::path file) {
    std::error_code error;
    const auto bytes = fs::file_size(file, error);
    return error ? 0.0 : static_cast<double>(bytes);
  };
  metrics.GaugeOf("outpost.database.bytes").Set(size(paths.database()));
  metrics.GaugeOf("outpost.database.log_bytes").Set(size(paths.database().string() + "-wal"));
}

}  // namespace

void SampleProcess(MetricRegistry& metrics, const DataPaths& paths, const Clock& clock) {
  SampleMemory(metrics);
  SampleTimes(metrics, clock);
  SampleCounts(metrics);
  SampleDisk(metrics, paths);
}

}  // namespace outpost::health
