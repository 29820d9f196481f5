#include "transition/sizing/detail/read_service.h"

#include <fmt/format.h>

#include "transition/sizing/detail/values.h"

namespace outpost::sizing::detail {
namespace {

std::vector<DataModel> ReadDataModels(MapReader& reader, std::string_view key) {
  std::vector<DataModel> models;
  const auto* list = reader.Optional(key);
  if (list == nullptr) return models;
  const auto path = reader.PathOf(key);
  if (list->kind != tree::Kind::kList) {
    Refuse(reader.file(), list->at, path, "a list of {referenced_field, unit_size} is expected");
  }
  for (const auto& item : list->items) {
    MapReader entry(item, path, reader.file());
    DataModel model;
    model.at = item.at;
    model.referenced_field = entry.Text("referenced_field");
    model.unit_bytes =
        SizeOf(entry.Required("unit_size"), reader.file(), entry.PathOf("unit_size"));
    entry.RefuseUnread();
    models.push_back(std::move(model));
  }
  return models;
}

StorageDefinition ReadStorage(const tree::Node& node, const std::string& path,
                              const std::string& file) {
  MapReader reader(node, path, file);
  StorageDefinition storage;
  storage.group = reader.TextOr("group", "");
  storage.redundancy_factor = reader.IntegerOr("redundancy_factor", 1);
  storage.static_baseline_bytes = SizeOr(reader, "static_baseline", 0);
  storage.data_models = ReadDataModels(reader, "data_models");
  storage.override_storage_buffer = reader.OptionalDecimal("override_storage_buffer");
  storage.override_estimation_buffer = reader.OptionalDecimal("override_estimation_buffer");
  reader.RefuseUnread();
  return storage;
}

/// A plain number counts in GB here, unlike everywhere else: that is how the files are written.
double ReadRamBaseline(MapReader& reader) {
  const auto* node = reader.Optional("ram_static_baseline");
  if (node == nullptr) return 0;
  const auto path = reader.PathOf("ram_static_baseline");
  constexpr double kBytesPerGb = 1e9;
  const auto text = TextOf(*node, reader.file(), path);
  if (!text.empty() && text.find_first_not_of("0123456789.") == std::string::npos) {
    return DecimalOf(*node, reader.file(), path);
  }
  return static_cast<double>(SizeOf(*node, reader.file(), path)) / kBytesPerGb;
}

std::vector<SubProcess> ReadSubProcesses(MapReader& reader) {
  std::vector<SubProcess> processes;
  const auto* list = reader.Optional("sub_processes");
  if (list == nullptr) return processes;
  const auto path = reader.PathOf("sub_processes");
  if (list->kind != tree::Kind::kList) {
    Refuse(reader.file(), list->at, path,
           "a list of {name, static_number or capacity} is expected");
  }
  for (const auto& item : list->items) {
    MapReader entry(item, path, reader.file());
    SubProcess process;
    process.name = entry.Text("name");
    if (entry.Has("static_number")) process.static_number = entry.Integer("static_number");
    process.capacity = entry.DecimalOr("capacity", 0);
    entry.RefuseUnread();
    if (!process.static_number && !(process.capacity > 0)) {
      Refuse(reader.file(), item.at, path,
             fmt::format("'{}' needs a static_number or a capacity above 0", process.name));
    }
    processes.push_back(std::move(process));
  }
  return processes;
}

ProcessDefinition ReadProcess(const tree::Node& node, const std::string& path,
                              const std::string& file) {
  MapReader reader(node, path, file);
  ProcessDefinition process;
  process.cores_per_node = reader.IntegerOr("cores_per_node", 0);
  process.ram_gb_per_node = reader.IntegerOr("ram_per_node", 0);
  process.ram_static_baseline_gb = ReadRamBaseline(reader);
  process.ram_models = ReadDataModels(reader, "ram_model");
  process.ram_redundancy_factor = reader.IntegerOr("ram_redundancy_factor", 1);
  process.cores_per_sub_process = reader.DecimalOr("cores_per_sub_process", 0);
  process.ram_gb_per_sub_process = reader.DecimalOr("ram_per_sub_process", 0);
  process.sub_processes = ReadSubProcesses(reader);
  reader.RefuseUnread();
  if (!process.sub_processes.empty() &&
      (process.cores_per_node == 0 || process.ram_gb_per_node == 0)) {
    Refuse(file, node.at, path, "sub_processes need cores_per_node and ram_per_node above 0");
  }
  if (!process.ram_models.empty() && process.ram_gb_per_node <= process.ram_static_baseline_gb) {
    Refuse(file, node.at, path, "ram_static_baseline leaves nothing of ram_per_node for the data");
  }
  return process;
}

}  // namespace

ServiceDefinition ReadService(const tree::Node& node, const std::string& name,
                              const std::string& file) {
  const auto path = "services." + name;
  MapReader reader(node, path, file);
  ServiceDefinition service;
  service.name = name;
  service.at = node.at;
  service.usage_field = reader.TextOr("usage_field", "users");
  service.usage_capacity_per_node = reader.IntegerOr("usage_capacity_per_node", 0);
  service.static_number = reader.IntegerOr("static_number", 0);
  service.min_nodes = reader.IntegerOr("min_nodes", 0);
  service.include_ha_resources = reader.BoolOr("include_ha_resources", false);
  service.storage_scales_with_nodes = reader.BoolOr("storage_scales_with_nodes", false);
  service.min_storage_per_node_bytes = SizeOr(reader, "min_storage_per_node", 0);
  service.max_storage_per_node_bytes = SizeOr(reader, "max_storage_per_node", 0);
  service.aggregation_key = reader.TextOr("aggregation_key", name);
  if (const auto* storage = reader.Optional("storage")) {
    service.storage = ReadStorage(*storage, path + ".storage", file);
  }
  if (const auto* process = reader.Optional("process")) {
    service.process = ReadProcess(*process, path + ".process", file);
  }
  reader.RefuseUnread();
  return service;
}

}  // namespace outpost::sizing::detail
