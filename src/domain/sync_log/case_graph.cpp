#include "domain/sync_log/case_graph.h"

#include <algorithm>
#include <tuple>

namespace outpost::sync_log {
namespace {

/// Takes away what points at a missing case, and what reaches that (8.3 step 2).
NodeSet WithoutDangling(const CaseGraph& graph, const std::vector<CaseEdge>& edges) {
  std::vector<std::vector<std::uint32_t>> pointing(graph.nodes.size());
  NodeSet kept(graph.nodes.size(), true);
  std::vector<std::uint32_t> falling;
  const auto drop = [&](std::uint32_t node) {
    if (!kept[node]) return;
    kept[node] = false;
    falling.push_back(node);
  };
  for (const auto& edge : edges) {
    if (edge.to != kMissing) pointing[edge.to].push_back(edge.from);
  }
  for (const auto& edge : edges) {
    if (edge.to == kMissing) drop(edge.from);
  }
  while (!falling.empty()) {
    const auto node = falling.back();
    falling.pop_back();
    for (const auto from : pointing[node]) drop(from);
  }
  return kept;
}

std::vector<CaseEdge> EdgesWithin(const std::vector<CaseEdge>& edges, const NodeSet& kept) {
  std::vector<CaseEdge> within;
  for (const auto& edge : edges) {
    if (edge.to != kMissing && kept[edge.from] && kept[edge.to]) within.push_back(edge);
  }
  return within;
}

bool HasCycle(std::size_t nodes, const std::vector<CaseEdge>& edges) {
  std::vector<std::uint32_t> incoming(nodes, 0);
  std::vector<std::vector<std::uint32_t>> targets(nodes);
  for (const auto& edge : edges) {
    ++incoming[edge.to];
    targets[edge.from].push_back(edge.to);
  }
  std::vector<std::uint32_t> free;
  for (std::uint32_t node = 0; node < nodes; ++node) {
    if (incoming[node] == 0) free.push_back(node);
  }
  std::size_t sorted = 0;
  while (!free.empty()) {
    const auto node = free.back();
    free.pop_back();
    ++sorted;
    for (const auto to : targets[node]) {
      if (--incoming[to] == 0) free.push_back(to);
    }
  }
  return sorted != nodes;
}

}  // namespace

std::vector<CaseEdge> CollapseEdges(const std::vector<CaseEdge>& edges) {
  auto sorted = edges;
  // A child index comes before an extension to the same target and is the one that stays.
  std::sort(sorted.begin(), sorted.end(), [](const CaseEdge& a, const CaseEdge& b) {
    return std::tie(a.from, a.to, a.is_extension) < std::tie(b.from, b.to, b.is_extension);
  });
  const auto end = std::unique(
      sorted.begin(), sorted.end(),
      [](const CaseEdge& a, const CaseEdge& b) { return a.from == b.from && a.to == b.to; });
  sorted.erase(end, sorted.end());
  return sorted;
}

Walk::Lists Walk::Gather(std::size_t nodes, const std::vector<CaseEdge>& edges, bool is_down) {
  Lists lists;
  lists.begin.assign(nodes + 1, 0);
  const auto counts = [&](const CaseEdge& edge) {
    return edge.to != kMissing && (!is_down || edge.is_extension);
  };
  for (const auto& edge : edges) {
    if (counts(edge)) ++lists.begin[(is_down ? edge.to : edge.from) + 1];
  }
  for (std::size_t i = 0; i < nodes; ++i) lists.begin[i + 1] += lists.begin[i];
  lists.ends.resize(lists.begin[nodes]);
  auto next = lists.begin;
  for (const auto& edge : edges) {
    if (counts(edge)) {
      lists.ends[next[is_down ? edge.to : edge.from]++] = is_down ? edge.from : edge.to;
    }
  }
  return lists;
}

Walk::Walk(std::size_t nodes, const std::vector<CaseEdge>& collapsed)
    : up_(Gather(nodes, collapsed, false)), down_(Gather(nodes, collapsed, true)) {}

void Walk::Close(NodeSet& set, Along along, const NodeSet* within) const {
  const Lists& lists = along == Along::kAllUp ? up_ : down_;
  std::vector<std::uint32_t> open;
  for (std::uint32_t node = 0; node < set.size(); ++node) {
    if (set[node]) open.push_back(node);
  }
  while (!open.empty()) {
    const auto node = open.back();
    open.pop_back();
    for (auto at = lists.begin[node]; at < lists.begin[node + 1]; ++at) {
      const auto next = lists.ends[at];
      if (set[next] || (within != nullptr && !(*within)[next])) continue;
      set[next] = true;
      open.push_back(next);
    }
  }
}

Purged Purge(const CaseGraph& graph) {
  using Along = Walk::Along;
  const std::size_t count = graph.nodes.size();
  const auto collapsed = CollapseEdges(graph.edges);
  NodeSet held = WithoutDangling(graph, collapsed);
  const auto edges = EdgesWithin(collapsed, held);
  const Walk walk(count, edges);

  NodeSet is_open(count), has_host(count), relevant(count), available(count), alive(count);
  for (const auto& edge : edges) {
    if (edge.is_extension) has_host[edge.from] = true;
  }
  for (std::size_t i = 0; i < count; ++i) {
    is_open[i] = held[i] && !graph.nodes[i].is_closed;
    relevant[i] = is_open[i] && graph.nodes[i].is_owned;
  }
  walk.Close(relevant, Along::kAllUp);
  walk.Close(relevant, Along::kExtensionDown);
  for (std::size_t i = 0; i < count; ++i) available[i] = is_open[i] && relevant[i] && !has_host[i];
  walk.Close(available, Along::kExtensionDown, &is_open);
  for (std::size_t i = 0; i < count; ++i) {
    alive[i] = graph.nodes[i].is_owned && relevant[i] && available[i];
  }
  // Exactly two rounds, as phones do it.
  for (int round = 0; round < 2; ++round) {
    walk.Close(alive, Along::kAllUp);
    walk.Close(alive, Along::kExtensionDown, &is_open);
  }
  return {std::move(alive), HasCycle(count, edges)};
}

}  // namespace outpost::sync_log
