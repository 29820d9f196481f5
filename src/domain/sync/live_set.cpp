#include "domain/sync/live_set.h"

#include <utility>

namespace outpost::sync {
namespace {

using sync_log::CaseEdge;
using sync_log::CaseGraph;
using sync_log::kMissing;
using sync_log::NodeSet;
using sync_log::Walk;

std::vector<CaseEdge> WithoutMissing(const CaseGraph& graph) {
  std::vector<CaseEdge> edges;
  edges.reserve(graph.edges.size());
  for (const auto& edge : graph.edges) {
    if (edge.to != kMissing) edges.push_back(edge);
  }
  return sync_log::CollapseEdges(edges);
}

/// The least set with these in it that holds all targets and all open extensions of its members.
void CloseNeeds(const Walk& walk, const NodeSet& is_open, NodeSet& live) {
  NodeSet before;
  do {
    before = live;
    walk.Close(live, Walk::Along::kAllUp);
    walk.Close(live, Walk::Along::kExtensionDown, &is_open);
  } while (live != before);
}

/// Takes away what the phone would purge, until nothing more is (8.2 step 4). What points at a case
/// that was taken away goes with it, as it does on the phone (8.3 step 2).
void AgreeWithPhone(const CaseGraph& graph, const std::vector<CaseEdge>& edges, NodeSet& live) {
  while (true) {
    std::vector<std::uint32_t> place(graph.nodes.size(), kMissing), members;
    CaseGraph held;
    for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) {
      if (!live[i]) continue;
      place[i] = static_cast<std::uint32_t>(members.size());
      members.push_back(i);
      held.nodes.push_back(graph.nodes[i]);
    }
    for (const auto& edge : edges) {
      if (live[edge.from]) {
        held.edges.push_back({place[edge.from], place[edge.to], edge.is_extension});
      }
    }
    const auto kept = sync_log::Purge(held).kept;
    bool is_stable = true;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (kept[i]) continue;
      live[members[i]] = false;
      is_stable = false;
    }
    if (is_stable) return;
  }
}

}  // namespace

NodeSet LiveSet(const CaseGraph& graph) {
  const std::size_t count = graph.nodes.size();
  const auto edges = WithoutMissing(graph);
  const Walk walk(count, edges);
  NodeSet is_open(count), available(count), live(count);
  for (std::size_t i = 0; i < count; ++i) available[i] = is_open[i] = !graph.nodes[i].is_closed;
  for (const auto& edge : edges) {
    if (edge.is_extension) available[edge.from] = false;
  }
  walk.Close(available, Walk::Along::kExtensionDown, &is_open);
  for (std::size_t i = 0; i < count; ++i) live[i] = graph.nodes[i].is_owned && available[i];
  CloseNeeds(walk, is_open, live);
  AgreeWithPhone(graph, edges, live);
  return live;
}

}  // namespace outpost::sync
