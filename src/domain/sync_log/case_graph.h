#pragma once

#include <cstdint>
#include <vector>

/// Cases and their indices as far as purging and live sets care (restore document 8). Pure.
namespace outpost::sync_log {

/// `to` of an edge whose target is not in the graph.
inline constexpr std::uint32_t kMissing = 0xffffffff;

struct CaseNode {
  bool is_owned = false;
  bool is_closed = false;
};
/// One index: `from` points at `to`. Relationships other than extension count as child.
struct CaseEdge {
  std::uint32_t from = 0, to = 0;
  bool is_extension = false;
};
struct CaseGraph {
  std::vector<CaseNode> nodes;
  std::vector<CaseEdge> edges;
};
/// One flag for each node.
using NodeSet = std::vector<bool>;

struct Purged {
  NodeSet kept;
  /// The phone gives up and starts recovery instead.
  bool has_cycle = false;
};
/// What is left after the phone has purged (8.3). Cost: n log n in nodes and edges.
Purged Purge(const CaseGraph& graph);

/// One edge for each pair of cases: a child index beats an extension (8.2 step 1). By from, to.
std::vector<CaseEdge> CollapseEdges(const std::vector<CaseEdge>& edges);

/// Walks a graph along some of its edges. Made once for one set of collapsed edges.
class Walk {
 public:
  enum class Along : std::uint8_t {
    kAllUp,          // from a case to what it points at
    kExtensionDown,  // from a case to the extensions that point at it
  };
  Walk(std::size_t nodes, const std::vector<CaseEdge>& collapsed);

  /// Adds everything that can be reached from `set`; through nodes of `within` only, when given.
  void Close(NodeSet& set, Along along, const NodeSet* within = nullptr) const;

 private:
  struct Lists {
    std::vector<std::uint32_t> begin, ends;
  };
  static Lists Gather(std::size_t nodes, const std::vector<CaseEdge>& edges, bool is_down);
  Lists up_, down_;
};

}  // namespace outpost::sync_log
