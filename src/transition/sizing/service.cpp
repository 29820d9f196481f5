#include "transition/sizing/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "transition/sizing/rounding.h"

namespace outpost::sizing {
namespace {

constexpr double kBytesPerGb = 1e9;
constexpr double kNodesMax = 1e8;  // beyond it a configuration is a slip of the keyboard

int NodesOf(double count, const ServiceDefinition& service) {
  if (std::isnan(count) || count <= 0) return 0;
  if (count > kNodesMax) {
    throw Problem(ProblemKind::kUnprocessable,
                  fmt::format("services.{}: more than a hundred million machines", service.name));
  }
  return static_cast<int>(CeilOf(count));
}

/// Sum of usage times unit; empty months count as nothing.
double Weighted(const std::vector<DataModel>& models, const UsageSeries& usage, std::size_t i) {
  double sum = 0;
  for (const auto& model : models) {
    const double amount = (*usage.Find(model.referenced_field))[i];
    if (!std::isnan(amount)) sum += amount * static_cast<double>(model.unit_bytes);
  }
  return sum;
}

double DataBytes(const SizingConfig& config, const ServiceDefinition& service,
                 const UsageSeries& usage, std::size_t i) {
  if (!service.storage) return 0;
  const auto& storage = *service.storage;
  const double copies = storage.redundancy_factor;
  const double baseline = static_cast<double>(storage.static_baseline_bytes) * copies;
  if (storage.data_models.empty()) return baseline;
  const double buffer = storage.override_storage_buffer.value_or(config.storage_buffer);
  return (Weighted(storage.data_models, usage, i) * copies + baseline) * (1 + buffer);
}

/// Nodes from the processes that run on them. Whether cores or memory decide is what the last
/// month says, for all months.
void SetNodesBySubProcesses(const ServiceDefinition& service, const std::vector<double>& usage,
                            std::vector<ServiceMonth>* months) {
  const auto& process = *service.process;
  for (std::size_t i = 0; i < months->size(); ++i) {
    double count = 0;
    for (const auto& sub : process.sub_processes) {
      count += sub.static_number ? *sub.static_number : NodesOf(usage[i] / sub.capacity, service);
    }
    (*months)[i].cpu = count * process.cores_per_sub_process;
    (*months)[i].ram_gb = count * process.ram_gb_per_sub_process;
  }
  const auto& last = months->back();
  const bool by_cores = last.cpu / process.cores_per_node > last.ram_gb / process.ram_gb_per_node;
  for (auto& month : *months) {
    month.nodes_usage = NodesOf(
        by_cores ? month.cpu / process.cores_per_node : month.ram_gb / process.ram_gb_per_node,
        service);
  }
}

void SetUsageNodes(const ServiceDefinition& service, const std::vector<double>& usage,
                   std::vector<ServiceMonth>* months) {
  const auto* process = service.process ? &*service.process : nullptr;
  if (process != nullptr && !process->sub_processes.empty()) {
    SetNodesBySubProcesses(service, usage, months);
    return;
  }
  for (std::size_t i = 0; i < months->size(); ++i) {
    auto& month = (*months)[i];
    if (service.usage_capacity_per_node > 0) {
      month.nodes_usage = NodesOf(usage[i] / service.usage_capacity_per_node, service);
      month.cpu = process == nullptr ? 0 : 1.0 * month.nodes_usage * process->cores_per_node;
      month.ram_gb = process == nullptr ? 0 : 1.0 * month.nodes_usage * process->ram_gb_per_node;
    } else {
      month.nodes_usage = service.static_number;
      // The raw sheets show the node count here; people compare them with older sheets.
      month.cpu = service.static_number;
      month.ram_gb = service.static_number;
    }
  }
}

void AddNodesForStorageAndRam(const ServiceDefinition& service, const UsageSeries& usage,
                              std::vector<ServiceMonth>* months) {
  const auto ceiling = static_cast<double>(service.max_storage_per_node_bytes);
  for (std::size_t i = 0; i < months->size(); ++i) {
    auto& month = (*months)[i];
    month.nodes = month.nodes_usage;
    if (ceiling > 0) {
      const double over = std::max(0.0, month.data_bytes - month.nodes * ceiling);
      month.nodes_for_storage = NodesOf(over / ceiling, service);
      month.nodes += *month.nodes_for_storage;
    }
    if (service.process && !service.process->ram_models.empty()) {
      const auto& process = *service.process;
      const double needed =
          Weighted(process.ram_models, usage, i) * process.ram_redundancy_factor / kBytesPerGb;
      const double usable = process.ram_gb_per_node - process.ram_static_baseline_gb;
      month.ram_needed_gb = needed;
      month.nodes_for_ram = NodesOf(std::max(0.0, needed - month.nodes * usable) / usable, service);
      month.nodes += *month.nodes_for_ram;
    }
  }
}

void SetTotals(const ServiceDefinition& service, std::vector<ServiceMonth>* months) {
  for (auto& month : *months) {
    // A static_number switches the buffer off even where a capacity decides the count.
    month.node_buffer =
        service.static_number > 0 ? 0 : NodesOf(month.nodes * month.buffer_share, service);
    month.nodes_total = std::max(month.nodes + month.node_buffer, service.min_nodes);
  }
}

void ShareOutBelowMinimum(const ServiceDefinition& service, double buffered, double floor,
                          bool floor_once, ServiceMonth* month) {
  const bool minimum_bites = month->nodes_total > month->nodes + month->node_buffer;
  if (minimum_bites) {
    month->storage_total_bytes = buffered;
    month->storage_per_node_bytes = std::max(floor, buffered / month->nodes_total);
  } else {
    const double per_node = month->nodes == 0 ? buffered : buffered / month->nodes;
    month->storage_per_node_bytes = std::max(floor, per_node);
    month->storage_total_bytes = month->storage_per_node_bytes * month->nodes_total;
  }
  if (service.min_storage_per_node_bytes > 0 && !floor_once) {
    month->storage_per_node_bytes += floor;
  }
}

/// Spec 1.5 step 6. Returns whether the floor was shown twice, as upstream does.
bool SetStorage(const ServiceDefinition& service, const SizingOptions& options,
                std::vector<ServiceMonth>* months) {
  const auto floor = static_cast<double>(service.min_storage_per_node_bytes);
  const bool minimum_bites =
      std::any_of(months->begin(), months->end(), [](const ServiceMonth& month) {
        return month.nodes_total > month.nodes + month.node_buffer;
      });
  for (auto& month : *months) {
    double buffer = month.buffer_share;
    if (service.storage && service.storage->override_estimation_buffer) {
      buffer = *service.storage->override_estimation_buffer;
    }
    const double buffered = month.data_bytes * (1 + buffer);
    if (service.storage_scales_with_nodes) {
      month.storage_per_node_bytes = buffered;
      month.storage_total_bytes = buffered * month.nodes_total;
    } else if (minimum_bites) {
      ShareOutBelowMinimum(service, buffered, floor, options.fix_min_storage, &month);
    } else if (month.nodes_total == 0) {
      month.storage_total_bytes = buffered;
    } else {
      month.storage_total_bytes = month.data_bytes;
      month.storage_per_node_bytes = month.data_bytes / month.nodes_total;
      if (month.storage_per_node_bytes < floor) {
        month.storage_per_node_bytes = floor;
        month.storage_total_bytes = floor * month.nodes_total;
      }
    }
  }
  return !service.storage_scales_with_nodes && minimum_bites && floor > 0 &&
         !options.fix_min_storage;
}

void AddCopy(std::vector<ServiceMonth>* months) {
  for (auto& month : *months) {
    month.nodes_ha = month.nodes_total;
    month.nodes_total *= 2;
    month.storage_ha_bytes = month.storage_total_bytes;
    month.storage_total_bytes *= 2;
  }
}

}  // namespace

ServiceResult EvaluateService(const SizingConfig& config, const ServiceDefinition& service,
                              const UsageSeries& usage, const SizingOptions& options,
                              std::vector<std::string>* warnings) {
  ServiceResult result;
  result.definition = &service;
  auto& months = result.months;
  months.resize(usage.months.size());
  double buffer = config.estimation_buffer;
  for (std::size_t i = 0; i < months.size(); ++i) {
    months[i].data_bytes = DataBytes(config, service, usage, i);
    months[i].buffer_share = buffer;
    buffer *= 1 + config.estimation_growth_factor;
  }
  SetUsageNodes(service, *usage.Find(service.usage_field), &months);
  AddNodesForStorageAndRam(service, usage, &months);
  SetTotals(service, &months);
  if (SetStorage(service, options, &months)) {
    warnings->push_back(
        fmt::format("[WARNING] services.{}: the disk of one machine shows min_storage_per_node "
                    "twice, as the original does; use --fix-min-storage to count it once",
                    service.name));
  }
  if (service.include_ha_resources) AddCopy(&months);
  return result;
}

}  // namespace outpost::sizing
