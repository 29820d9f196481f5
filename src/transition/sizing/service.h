#pragma once

#include <optional>
#include <string>
#include <vector>

#include "transition/sizing/model.h"
#include "transition/sizing/usage.h"

namespace outpost::sizing {

/// One service in one month. Machines, cores and memory include the estimation buffer and the
/// high-availability copy; the *_ha fields hold the part of that copy.
struct ServiceMonth {
  // The raw figures, before buffer, minimum and copy.
  double cpu = 0;
  double ram_gb = 0;
  int nodes = 0;
  int nodes_usage = 0;
  std::optional<int> nodes_for_storage;
  std::optional<int> nodes_for_ram;
  std::optional<double> ram_needed_gb;
  double data_bytes = 0;  // with the storage buffer, before the estimation buffer

  double buffer_share = 0;
  int node_buffer = 0;
  int nodes_total = 0;
  int nodes_ha = 0;
  double storage_per_node_bytes = 0;  // of one machine, before the copy
  double storage_total_bytes = 0;
  double storage_ha_bytes = 0;
};

struct ServiceResult {
  const ServiceDefinition* definition = nullptr;
  std::vector<ServiceMonth> months;

  int cores_per_node() const {
    return definition->process ? definition->process->cores_per_node : 0;
  }
  int ram_gb_per_node() const {
    return definition->process ? definition->process->ram_gb_per_node : 0;
  }
};

struct SizingOptions {
  bool fix_min_storage = false;  // use the floor of a node's disk once, not twice as upstream shows
  std::string only_service;      // empty: all
};

/// Spec 1.5. Every field that the service refers to is in `usage`.
ServiceResult EvaluateService(const SizingConfig& config, const ServiceDefinition& service,
                              const UsageSeries& usage, const SizingOptions& options,
                              std::vector<std::string>* warnings);

}  // namespace outpost::sizing
