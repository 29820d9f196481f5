#include "domain/sync_log/phone_graph.h"

#include <algorithm>
#include <utility>

namespace outpost::sync_log {
namespace {

bool IsBefore(const HeldCase& held, std::int64_t row) { return held.row < row; }

/// Place of a row in the graph, or kMissing.
std::uint32_t PlaceOf(const PhoneGraph& graph, std::int64_t row) {
  const auto at = std::lower_bound(graph.begin(), graph.end(), row, IsBefore);
  if (row == 0 || at == graph.end() || at->row != row) return kMissing;
  return static_cast<std::uint32_t>(at - graph.begin());
}

void SetIndex(HeldCase& held, const IndexEffect& effect) {
  const auto& index = effect.index;
  const auto at = std::lower_bound(
      held.indices.begin(), held.indices.end(), index.identifier,
      [](const HeldIndex& a, const std::string& identifier) { return a.identifier < identifier; });
  const bool is_there = at != held.indices.end() && at->identifier == index.identifier;
  if (effect.is_removal) {
    if (is_there) held.indices.erase(at);
  } else if (is_there) {
    *at = index;
  } else {
    held.indices.insert(at, index);
  }
}

void ApplyBlock(PhoneGraph& graph, const BlockEffect& block, const OwnerIds& owners) {
  HeldCase* held = FindHeld(graph, block.row);
  if (held == nullptr) {
    const bool becomes_owned = block.owner_id && owners.contains(*block.owner_id);
    if (!block.creates && !becomes_owned) return;
    const auto at = std::lower_bound(graph.begin(), graph.end(), block.row, IsBefore);
    held = &*graph.insert(at, HeldCase{block.row, {}, false, {}});
  }
  if (block.owner_id) held->owner_id = *block.owner_id;
  for (const auto& index : block.indices) SetIndex(*held, index);
  if (block.closes) held->is_closed = true;
}

}  // namespace

HeldCase* FindHeld(PhoneGraph& graph, std::int64_t row) {
  const auto place = PlaceOf(graph, row);
  return place == kMissing ? nullptr : &graph[place];
}

const HeldCase* FindHeld(const PhoneGraph& graph, std::int64_t row) {
  const auto place = PlaceOf(graph, row);
  return place == kMissing ? nullptr : &graph[place];
}

void Overlay(PhoneGraph& graph, std::vector<HeldCase> cases) {
  const auto is_before = [](const HeldCase& a, const HeldCase& b) { return a.row < b.row; };
  if (!std::is_sorted(cases.begin(), cases.end(), is_before)) {
    std::sort(cases.begin(), cases.end(), is_before);
  }
  PhoneGraph merged;
  merged.reserve(graph.size() + cases.size());
  auto old = graph.begin();
  for (auto& held : cases) {
    for (; old != graph.end() && old->row < held.row; ++old) merged.push_back(std::move(*old));
    if (old != graph.end() && old->row == held.row) ++old;
    merged.push_back(std::move(held));
  }
  std::move(old, graph.end(), std::back_inserter(merged));
  graph = std::move(merged);
}

NodeSet KeptOf(const PhoneGraph& graph, const OwnerIds& owners) {
  CaseGraph cases;
  cases.nodes.reserve(graph.size());
  for (std::uint32_t i = 0; i < graph.size(); ++i) {
    cases.nodes.push_back({owners.contains(graph[i].owner_id), graph[i].is_closed});
    for (const auto& index : graph[i].indices) {
      cases.edges.push_back({i, PlaceOf(graph, index.target), index.is_extension});
    }
  }
  return Purge(cases).kept;
}

PhoneGraph PurgedBy(const PhoneGraph& graph, const OwnerIds& owners) {
  const auto kept = KeptOf(graph, owners);
  PhoneGraph left;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (kept[i]) left.push_back(graph[i]);
  }
  return left;
}

void Apply(PhoneGraph& graph, const FormEffect& effect, const OwnerIds& owners) {
  for (const auto& block : effect) ApplyBlock(graph, block, owners);
}

void ResolveTargets(PhoneGraph& graph,
                    const std::function<std::int64_t(const std::string& case_id)>& row_of) {
  for (auto& held : graph) {
    for (auto& index : held.indices) {
      if (index.target != 0) continue;
      index.target = row_of(index.target_id);
      if (index.target != 0) index.target_id.clear();
    }
  }
}

}  // namespace outpost::sync_log
