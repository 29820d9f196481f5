#include "transition/plan/detail/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "format/tree/map_reader.h"

namespace outpost::plan::detail {
namespace {

enum class Section { kHosts, kChildren, kVariables };

struct Group {
  std::vector<std::string> hosts;
  std::vector<std::string> children;
};

struct Raw {
  std::map<std::string, Group> groups;
  std::vector<std::string> hosts;  // in the order of the file
  std::map<std::string, std::string> addresses;
};

/// name key=value key='value': only ansible_host matters here.
void ReadHost(std::string_view line, const std::string& group, Raw* raw) {
  const auto end = std::min(line.find_first_of(" \t"), line.size());
  const std::string name(line.substr(0, end));
  if (std::find(raw->hosts.begin(), raw->hosts.end(), name) == raw->hosts.end()) {
    raw->hosts.push_back(name);
  }
  raw->groups[group].hosts.push_back(name);
  constexpr std::string_view kKey = "ansible_host=";
  const auto at = line.find(kKey, end);
  if (at == std::string_view::npos) return;
  auto value = line.substr(at + kKey.size());
  value = value.substr(0, std::min(value.find_first_of(" \t"), value.size()));
  if (value.size() > 1 && (value.front() == '\'' || value.front() == '"')) {
    value = value.substr(1, value.size() - 2);
  }
  raw->addresses[name] = value;
}

void CollectHosts(const Raw& raw, const std::string& group, std::vector<std::string>* path,
                  std::set<std::string>* hosts, const std::string& file) {
  if (std::find(path->begin(), path->end(), group) != path->end()) {
    tree::Refuse(file, {}, group, "the group contains itself");
  }
  const auto found = raw.groups.find(group);
  if (found == raw.groups.end()) {
    // A child that is no group is a host.
    if (std::find(raw.hosts.begin(), raw.hosts.end(), group) != raw.hosts.end()) {
      hosts->insert(group);
    }
    return;
  }
  hosts->insert(found->second.hosts.begin(), found->second.hosts.end());
  path->push_back(group);
  for (const auto& child : found->second.children) CollectHosts(raw, child, path, hosts, file);
  path->pop_back();
}

Raw ReadLines(std::string_view text, const std::string& file) {
  Raw raw;
  std::string group = "ungrouped";
  auto section = Section::kHosts;
  std::uint32_t number = 0;
  for (auto line : Split(text, '\n')) {
    ++number;
    if (number > kInventoryLinesMax) tree::Refuse(file, {number, 1}, "line", "too many lines");
    const auto comment = line.find_first_of("#;");
    line = Trim(comment == 0 ? std::string_view() : line.substr(0, line.find(" #")));
    if (line.empty()) continue;
    if (line.front() != '[') {
      if (section == Section::kHosts) ReadHost(line, group, &raw);
      if (section == Section::kChildren) raw.groups[group].children.emplace_back(line);
      continue;
    }
    if (line.back() != ']' || line.size() < 3) {
      tree::Refuse(file, {number, 1}, "group", fmt::format("'{}' does not end with ]", line));
    }
    const auto inside = line.substr(1, line.size() - 2);
    const auto colon = inside.find(':');
    group = inside.substr(0, colon);
    const auto what = colon == std::string_view::npos ? "" : inside.substr(colon + 1);
    if (what.empty()) {
      section = Section::kHosts;
    } else if (what == "children") {
      section = Section::kChildren;
    } else if (what == "vars") {
      section = Section::kVariables;
    } else {
      tree::Refuse(file, {number, 1}, group, fmt::format("':{}' is unknown", what));
    }
    raw.groups[group];
  }
  return raw;
}

}  // namespace

void ReadInventory(std::string_view text, const std::string& file, HqEnvironment* environment) {
  const auto raw = ReadLines(text, file);
  for (const auto& group : raw.groups) {
    std::set<std::string> hosts;
    std::vector<std::string> path;
    CollectHosts(raw, group.first, &path, &hosts, file);
    environment->groups[group.first] = {hosts.begin(), hosts.end()};
  }
  for (const auto& name : raw.hosts) {
    HqHost host{name, name, {}};
    const auto address = raw.addresses.find(name);
    if (address != raw.addresses.end()) host.address = address->second;
    for (const auto& group : environment->groups) {
      if (std::find(group.second.begin(), group.second.end(), name) != group.second.end()) {
        host.groups.push_back(group.first);
      }
    }
    environment->hosts.push_back(std::move(host));
  }
}

}  // namespace outpost::plan::detail
