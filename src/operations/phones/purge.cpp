#include "operations/phones/purge.h"

#include <algorithm>
#include <unordered_map>

namespace outpost::phones {
namespace {

struct Edge {
  std::size_t to = 0;
  bool is_extension = false;
};

struct Node {
  const std::string* id = nullptr;
  bool is_open = false, is_owned = false;
  bool lacks_target = false;
  std::vector<Edge> out, in;  // `in`: from whom, to = the pointing case
  bool is_relevant = false, is_available = false, is_alive = false;
};

using Mark = bool Node::*;
using Graph = std::vector<Node>;

bool HasOutgoingExtension(const Node& node) {
  return std::any_of(node.out.begin(), node.out.end(), [](Edge e) { return e.is_extension; });
}

/// One edge for all indices between two cases: child as soon as one of them is (8.2 step 1).
void AddEdges(Graph& graph, std::size_t from, const PhoneCase& held,
              const std::unordered_map<std::string_view, std::size_t>& places) {
  auto& node = graph[from];
  for (const auto& index : held.indices) {
    const auto place = places.find(index.target);
    if (place == places.end()) {
      node.lacks_target = true;
      continue;
    }
    const auto known = std::find_if(node.out.begin(), node.out.end(),
                                    [&](Edge e) { return e.to == place->second; });
    if (known == node.out.end()) {
      node.out.push_back({place->second, index.is_extension});
    } else {
      known->is_extension = known->is_extension && index.is_extension;
    }
  }
  for (const auto& edge : node.out) graph[edge.to].in.push_back({from, edge.is_extension});
}

Graph GraphOf(const PhoneCases& cases, const OwnerIds* owners) {
  Graph graph;
  graph.reserve(cases.size());
  std::unordered_map<std::string_view, std::size_t> places;
  for (const auto& [id, held] : cases) {
    places.emplace(id, graph.size());
    Node node;
    node.id = &id;
    node.is_open = !held.is_closed;
    node.is_owned = owners == nullptr || owners->contains(held.owner_id);
    graph.push_back(std::move(node));
  }
  std::size_t from = 0;
  for (const auto& [id, held] : cases) AddEdges(graph, from++, held, places);
  return graph;
}

/// Step 2: who points at a case that is not there goes, and who points at that one.
std::vector<bool> FindBroken(const Graph& graph) {
  std::vector<bool> broken(graph.size());
  std::vector<std::size_t> waiting;
  const auto spoil = [&](std::size_t at) {
    if (broken[at]) return;
    broken[at] = true;
    waiting.push_back(at);
  };
  for (std::size_t at = 0; at < graph.size(); ++at) {
    if (graph[at].lacks_target) spoil(at);
  }
  while (!waiting.empty()) {
    const auto at = waiting.back();
    waiting.pop_back();
    for (const auto& edge : graph[at].in) spoil(edge.to);
  }
  return broken;
}

/// Takes cases away that nothing (left) points at; what cannot be taken away is in or below a ring.
bool HasCycle(const Graph& graph, const std::vector<bool>& broken) {
  std::vector<std::size_t> pointed_at(graph.size());
  std::vector<std::size_t> waiting;
  std::size_t left = 0;
  for (std::size_t at = 0; at < graph.size(); ++at) {
    if (broken[at]) continue;
    ++left;
    for (const auto& edge : graph[at].in) pointed_at[at] += broken[edge.to] ? 0 : 1;
    if (pointed_at[at] == 0) waiting.push_back(at);
  }
  while (!waiting.empty()) {
    const auto at = waiting.back();
    waiting.pop_back();
    --left;
    for (const auto& edge : graph[at].out) {
      if (--pointed_at[edge.to] == 0) waiting.push_back(edge.to);
    }
  }
  return left > 0;
}

void DropBroken(Graph& graph, const std::vector<bool>& broken) {
  for (auto& node : graph) {
    std::erase_if(node.in, [&](Edge e) { return broken[e.to]; });
  }
}

enum class Direction : std::uint8_t { kUpAllEdges, kDownExtensions, kDownExtensionsIntoOpen };

void Spread(Graph& graph, Mark mark, Direction direction) {
  std::vector<std::size_t> waiting;
  for (std::size_t at = 0; at < graph.size(); ++at) {
    if (graph[at].*mark) waiting.push_back(at);
  }
  while (!waiting.empty()) {
    const auto at = waiting.back();
    waiting.pop_back();
    const bool is_up = direction == Direction::kUpAllEdges;
    for (const auto& edge : is_up ? graph[at].out : graph[at].in) {
      auto& next = graph[edge.to];
      const bool is_followed =
          is_up || (edge.is_extension && (direction == Direction::kDownExtensions || next.is_open));
      if (!is_followed || next.*mark) continue;
      next.*mark = true;
      waiting.push_back(edge.to);
    }
  }
}

void MarkAlive(Graph& graph, const std::vector<bool>& broken) {
  const auto each = [&](const auto& act) {
    for (std::size_t at = 0; at < graph.size(); ++at) {
      if (!broken[at]) act(graph[at]);
    }
  };
  each([](Node& n) { n.is_relevant = n.is_owned && n.is_open; });
  Spread(graph, &Node::is_relevant, Direction::kUpAllEdges);
  Spread(graph, &Node::is_relevant, Direction::kDownExtensions);
  each([](Node& n) { n.is_available = n.is_open && n.is_relevant && !HasOutgoingExtension(n); });
  Spread(graph, &Node::is_available, Direction::kDownExtensionsIntoOpen);
  each([](Node& n) { n.is_alive = n.is_owned && n.is_relevant && n.is_available; });
  // Two rounds and no more: that is what the phone does.
  for (int round = 0; round < 2; ++round) {
    Spread(graph, &Node::is_alive, Direction::kUpAllEdges);
    Spread(graph, &Node::is_alive, Direction::kDownExtensionsIntoOpen);
  }
}

}  // namespace

PurgeResult FindPurged(const PhoneCases& cases, const OwnerIds* owners) {
  auto graph = GraphOf(cases, owners);
  const auto broken = FindBroken(graph);
  PurgeResult result;
  if (HasCycle(graph, broken)) {
    result.has_cycle = true;
    return result;
  }
  DropBroken(graph, broken);
  MarkAlive(graph, broken);
  for (const auto& node : graph) {
    if (!node.is_alive) result.removed.push_back(*node.id);
  }
  return result;
}

PurgeResult Purge(PhoneStore& store) {
  const auto owners = OwnerIdsOf(store);
  auto result = FindPurged(store.cases, &owners);
  for (const auto& id : result.removed) store.cases.erase(id);
  if (!result.removed.empty()) {
    std::erase_if(store.ledgers,
                  [&](const auto& entry) { return !store.cases.contains(entry.first.case_id); });
  }
  return result;
}

}  // namespace outpost::phones
