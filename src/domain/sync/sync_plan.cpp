#include "domain/sync/sync_plan.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "format/xml/write.h"

namespace outpost::sync {
namespace {

using sync_log::HeldCase;
using sync_log::HeldIndex;
using sync_log::kMissing;
using sync_log::NodeSet;
using sync_log::PhoneGraph;

/// Held cases that changed after the log's snapshot by anything but forms with its token: M of
/// section 9, and what was deleted since.
NodeSet ChangedSince(sql::Connection& connection, const Network& network,
                     const PhoneBefore& before) {
  NodeSet changed(network.cases().size());
  std::vector<std::uint32_t> moved;
  std::vector<std::int64_t> rows;
  for (const auto& held : before.held) {
    const auto place = network.PlaceOf(held.row);
    if (place == kMissing) continue;
    const auto& c = network.cases()[place];
    if (c.is_deleted) changed[place] = true;
    if (c.indexed_on <= before.log->snapshot.at) continue;
    moved.push_back(place);
    rows.push_back(c.row);
  }
  const auto by_others = sync_log::ChangedByOthers(connection, *before.log, rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (by_others[i]) changed[moved[i]] = true;
  }
  return changed;
}

/// Writes the indices of one case for the phone.
class IndexWriter {
 public:
  IndexWriter(const Network& network, const NodeSet& live, const PhoneGraph& held)
      : network_(network), live_(live), held_(held) {}

  /// Of a case that is to stay: those whose target the phone will have, and removals of what it has
  /// beyond that, as a case that points at one the phone lacks is purged. A case that is to go
  /// keeps them all: they are what makes it go.
  std::vector<SentIndex> Of(std::uint32_t place, const HeldCase* known) const {
    const auto& c = network_.cases()[place];
    std::vector<SentIndex> sent;
    for (const auto& index : c.indices) {
      if (!xml::IsName(index.identifier)) continue;
      const bool is_there =
          (!live_[place] || IsOnPhone(index.target)) && index.referenced_id != c.case_id;
      if (!is_there && !Knows(known, index.identifier)) continue;
      sent.push_back({index.identifier, index.referenced_type,
                      is_there ? index.referenced_id : std::string(), index.is_extension});
    }
    if (known == nullptr) return sent;
    for (const auto& old : known->indices) {
      const bool is_told = std::any_of(sent.begin(), sent.end(), [&](const SentIndex& index) {
        return index.identifier == old.identifier;
      });
      if (!is_told) sent.push_back({old.identifier, old.case_type, "", false});
    }
    std::sort(sent.begin(), sent.end(),
              [](const SentIndex& a, const SentIndex& b) { return a.identifier < b.identifier; });
    return sent;
  }

 private:
  bool IsOnPhone(std::uint32_t place) const {
    if (place == kMissing || network_.cases()[place].is_deleted) return false;
    return live_[place] || FindHeld(held_, network_.cases()[place].row) != nullptr;
  }
  static bool Knows(const HeldCase* known, const std::string& identifier) {
    return known != nullptr &&
           std::any_of(known->indices.begin(), known->indices.end(),
                       [&](const HeldIndex& index) { return index.identifier == identifier; });
  }

  const Network& network_;
  const NodeSet& live_;
  const PhoneGraph& held_;
};

/// The phone's case has other indices than would be sent now: one was left out while its target
/// was gone, and the target is back.
bool DiffersInIndices(const HeldCase& known, const std::vector<SentIndex>& indices) {
  return known.indices.size() != indices.size() ||
         !std::equal(indices.begin(), indices.end(), known.indices.begin(),
                     [](const SentIndex& sent, const HeldIndex& held) {
                       return sent.identifier == held.identifier && !sent.target_id.empty() &&
                              sent.is_extension == held.is_extension;
                     });
}

/// The case as the phone knows it once it has read what is sent.
HeldCase AsSent(const Network& network, const CaseToSend& send) {
  const auto& c = network.cases()[send.place];
  HeldCase held{
      c.row, std::string(SentOwner(c.owner_id, c.modified_by)), c.is_closed || c.is_deleted, {}};
  for (const auto& sent : send.indices) {
    if (sent.target_id.empty()) continue;
    const auto index =
        std::find_if(c.indices.begin(), c.indices.end(),
                     [&](const NetworkIndex& one) { return one.identifier == sent.identifier; });
    const auto target = index->target == kMissing ? 0 : network.cases()[index->target].row;
    held.indices.push_back({sent.identifier, target, target == 0 ? sent.target_id : "",
                            sent.is_extension, sent.case_type});
  }
  return held;
}

std::vector<std::int64_t> Unreached(const Network& network, const PhoneGraph& held) {
  std::vector<std::int64_t> rows;
  for (const auto& one : held) {
    if (network.PlaceOf(one.row) == kMissing) rows.push_back(one.row);
  }
  return rows;
}

/// In the order of their rows, which is that of one owner's cases anyway.
std::vector<std::uint32_t> PlacesByRow(const Network& network) {
  const auto& cases = network.cases();
  std::vector<std::uint32_t> places(cases.size());
  std::iota(places.begin(), places.end(), 0);
  const auto is_before = [&](std::uint32_t a, std::uint32_t b) {
    return cases[a].row < cases[b].row;
  };
  if (!std::is_sorted(places.begin(), places.end(), is_before)) {
    std::sort(places.begin(), places.end(), is_before);
  }
  return places;
}

}  // namespace

SyncPlan PlanSync(sql::Connection& connection, Network& network, const PhoneBefore& before) {
  SyncPlan plan;
  plan.live = network.Live();
  network.AddHeld(Unreached(network, before.held));
  plan.live.resize(network.cases().size());
  const auto& live = plan.live;
  NodeSet changed(live.size());
  if (before.log != nullptr) changed = ChangedSince(connection, network, before);

  const IndexWriter indices(network, live, before.held);
  for (const auto place : PlacesByRow(network)) {
    const auto* known = FindHeld(before.held, network.cases()[place].row);
    const bool creates = live[place] && known == nullptr;
    if (!creates && known == nullptr) continue;
    auto to_send = indices.Of(place, known);
    const bool is_stale = live[place] && !creates && DiffersInIndices(*known, to_send);
    if (!creates && !changed[place] && !is_stale) continue;
    plan.sends.push_back({place, creates, std::move(to_send)});
  }
  return plan;
}

void SumUp(SyncPlan& plan, const Network& network, PhoneBefore before,
           const sync_log::OwnerIds& owners) {
  std::vector<HeldCase> sent;
  sent.reserve(plan.sends.size());
  for (const auto& send : plan.sends) sent.push_back(AsSent(network, send));
  plan.graph = std::move(before.held);
  Overlay(plan.graph, std::move(sent));

  std::size_t live_count = 0, live_held = 0;
  for (const bool is_live : plan.live) live_count += is_live ? 1 : 0;
  const auto is_kept = sync_log::KeptOf(plan.graph, owners);
  for (std::size_t i = 0; i < plan.graph.size(); ++i) {
    if (!is_kept[i]) continue;
    ++plan.held_count;
    const auto place = network.PlaceOf(plan.graph[i].row);
    if (place < plan.live.size() && plan.live[place]) ++live_held;
    if (place != kMissing) plan.digest.Toggle(network.cases()[place].case_id);
  }
  plan.differs_from_live = plan.held_count != live_count || live_held != live_count;
}

}  // namespace outpost::sync
