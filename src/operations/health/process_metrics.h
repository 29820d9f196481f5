#pragma once

#include "base/clock.h"
#include "base/data_folder.h"
#include "base/metrics.h"

/// Figures about the process and its machine, taken when somebody asks for /metrics.
namespace outpost::health {

/// Sets, among others: process_resident_memory_bytes, process_open_fds, process_threads,
/// process_start_time_seconds, process_uptime_seconds, process_cpu_seconds,
/// node_memory_available_bytes, node_memory_total_bytes, node_swap_used_bytes,
/// node_swap_total_bytes, node_load1, outpost_data_free_bytes, outpost_data_free_inodes,
/// outpost_data_used_ratio, outpost_database_bytes, outpost_database_log_bytes.
/// A figure that the machine does not tell stays as it was. Cost: a few small files of /proc.
void SampleProcess(MetricRegistry& metrics, const DataPaths& paths, const Clock& clock);

}  // namespace outpost::health
