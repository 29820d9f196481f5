#include "domain/sync/network.h"

#include <algorithm>

#include "domain/sync/live_set.h"

namespace outpost::sync {
namespace {

using sync_log::CaseGraph;
using sync_log::kMissing;
using sync_log::NodeSet;

// The columns of each are those that Network::Add reads.
constexpr const char* kOwned =
    "SELECT id, case_id, owner_id, modified_by, is_closed, is_deleted, indexed_on FROM cases "
    "WHERE project = $1 AND owner_id = $2 AND is_closed = 0 AND is_deleted = 0";
constexpr const char* kById =
    "SELECT id, case_id, owner_id, modified_by, is_closed, is_deleted, indexed_on FROM cases "
    "WHERE id_hash = $1 AND project = $2 AND case_id = $3";
constexpr const char* kByRow =
    "SELECT id, case_id, owner_id, modified_by, is_closed, is_deleted, indexed_on FROM cases "
    "WHERE id = $1 AND project = $2";
constexpr const char* kOpenExtensions =
    "SELECT c.id, c.case_id, c.owner_id, c.modified_by, c.is_closed, c.is_deleted, c.indexed_on "
    "FROM case_indices i JOIN cases c ON c.id = i.case_row WHERE i.referenced_hash = $1 AND "
    "i.referenced_id = $2 AND i.relationship = 'extension' AND c.project = $3 AND "
    "c.is_closed = 0 AND c.is_deleted = 0";
constexpr const char* kIndices =
    "SELECT identifier, referenced_id, referenced_type, relationship FROM case_indices "
    "WHERE case_row = $1 ORDER BY identifier";

}  // namespace

Network::Network(sql::Connection& connection, const sql::Database& database, std::int64_t project,
                 const sync_log::OwnerIds& owners)
    : connection_(connection), database_(database), project_(project), owners_(owners) {
  AddOwned();
  Explore(0);
}

Network::Network(sql::Connection& connection, const sql::Database& database, std::int64_t project,
                 std::span<const std::int64_t> rows)
    : connection_(connection), database_(database), project_(project) {
  std::vector<std::vector<sql::Param>> sets;
  for (const auto row : rows) sets.push_back({row, project_});
  connection_.QueryEach(
      kByRow, sets, [&](std::size_t, const sql::Rows& row) { cases_[Add(row)].is_owned = true; });
  Explore(0);
}

std::uint32_t Network::Add(const sql::Rows& row) {
  const auto place = static_cast<std::uint32_t>(cases_.size());
  const auto [at, is_new] = by_row_.try_emplace(row.Int(0), place);
  if (!is_new) return at->second;
  NetworkCase c;
  c.row = row.Int(0);
  c.case_id = row.String(1);
  c.owner_id = row.String(2);
  c.modified_by = row.String(3);
  c.is_closed = row.Int(4) != 0;
  c.is_deleted = row.Int(5) != 0;
  c.is_owned = owners_.contains(c.owner_id);
  c.indexed_on = {row.Int(6)};
  by_id_[c.case_id] = place;
  cases_.push_back(std::move(c));
  return place;
}

void Network::AddOwned() {
  std::vector<std::vector<sql::Param>> sets;
  for (const auto& owner : owners_) sets.push_back({project_, std::string_view(owner)});
  connection_.QueryEach(kOwned, sets, [&](std::size_t, const sql::Rows& row) { Add(row); });
}

void Network::Explore(std::size_t first) {
  while (first < cases_.size()) {
    const std::size_t end = cases_.size();
    FollowIndices(first);
    FindTargets(first, end);
    AddExtensionsOf(first);
    first = end;
  }
}

void Network::FollowIndices(std::size_t first) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(cases_.size() - first);
  for (std::size_t i = first; i < cases_.size(); ++i) sets.push_back({cases_[i].row});
  connection_.QueryEach(kIndices, sets, [&](std::size_t i, const sql::Rows& row) {
    cases_[first + i].indices.push_back(
        {row.String(0), row.String(1), row.String(2), row.Text(3) == "extension", kMissing});
  });
}

void Network::FindTargets(std::size_t first, std::size_t end) {
  std::vector<const std::string*> wanted;
  for (std::size_t i = first; i < end; ++i) {
    for (const auto& index : cases_[i].indices) {
      const auto [at, is_new] = by_id_.try_emplace(index.referenced_id, kMissing);
      if (is_new) wanted.push_back(&at->first);
    }
  }
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(wanted.size());
  for (const auto* id : wanted) {
    sets.push_back({database_.HashOf(project_, *id), project_, std::string_view(*id)});
  }
  connection_.QueryEach(kById, sets, [&](std::size_t, const sql::Rows& row) { Add(row); });
  for (std::size_t i = first; i < end; ++i) {
    for (auto& index : cases_[i].indices) index.target = by_id_.at(index.referenced_id);
  }
}

void Network::AddExtensionsOf(std::size_t first) {
  const std::size_t end = cases_.size();
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(end - first);
  std::vector<std::string> ids;  // bound while cases_ grows
  ids.reserve(end - first);
  for (std::size_t i = first; i < end; ++i) {
    if (cases_[i].is_deleted) continue;
    ids.push_back(cases_[i].case_id);
    sets.push_back(
        {database_.HashOf(project_, ids.back()), std::string_view(ids.back()), project_});
  }
  connection_.QueryEach(kOpenExtensions, sets,
                        [&](std::size_t, const sql::Rows& row) { Add(row); });
}

void Network::AddHeld(std::span<const std::int64_t> rows) {
  const std::size_t first = cases_.size();
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(rows.size());
  for (const auto row : rows) sets.push_back({row, project_});
  connection_.QueryEach(kByRow, sets, [&](std::size_t, const sql::Rows& row) { Add(row); });
  const std::size_t end = cases_.size();
  FollowIndices(first);
  FindTargets(first, end);
}

std::uint32_t Network::PlaceOf(std::int64_t row) const {
  const auto at = by_row_.find(row);
  return at == by_row_.end() ? kMissing : at->second;
}

NodeSet Network::Live() const {
  // A deleted case counts as one that is not there.
  std::vector<std::uint32_t> place(cases_.size(), kMissing), members;
  CaseGraph graph;
  for (std::uint32_t i = 0; i < cases_.size(); ++i) {
    if (cases_[i].is_deleted) continue;
    place[i] = static_cast<std::uint32_t>(members.size());
    members.push_back(i);
    graph.nodes.push_back({cases_[i].is_owned, cases_[i].is_closed});
  }
  for (const auto i : members) {
    for (const auto& index : cases_[i].indices) {
      const auto to = index.target == kMissing ? kMissing : place[index.target];
      graph.edges.push_back({place[i], to, index.is_extension});
    }
  }
  const auto live = LiveSet(graph);
  NodeSet flags(cases_.size());
  for (std::size_t i = 0; i < members.size(); ++i) flags[members[i]] = live[i];
  return flags;
}

sync_log::Watched Network::Watch() const {
  sync_log::Watched watched;
  for (const auto& c : cases_) {
    if (!c.is_owned) watched.rows.push_back(c.row);
  }
  std::sort(watched.rows.begin(), watched.rows.end());
  for (const auto& [id, place] : by_id_) {
    if (place == kMissing) watched.missing_ids.push_back(id);
  }
  std::sort(watched.missing_ids.begin(), watched.missing_ids.end());
  return watched;
}

namespace {

bool IsAnyOwnerMarked(sql::Connection& connection, const sync_log::SyncLog& log) {
  std::vector<std::vector<sql::Param>> sets;
  for (const auto& owner : log.owners) sets.push_back({log.project, std::string_view(owner)});
  bool is_marked = false;
  connection.QueryEach("SELECT at FROM owner_marks WHERE project = $1 AND owner_id = $2", sets,
                       [&](std::size_t, const sql::Rows& row) {
                         is_marked = is_marked || row.Int(0) > log.snapshot.at.micros;
                       });
  return is_marked;
}

bool IsAnyWatchedMoved(sql::Connection& connection, const sync_log::SyncLog& log,
                       const std::vector<std::int64_t>& watched) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(watched.size());
  for (const auto row : watched) sets.push_back({row});
  std::size_t unmoved = 0;
  connection.QueryEach("SELECT indexed_on, extended_on FROM cases WHERE id = $1", sets,
                       [&](std::size_t, const sql::Rows& row) {
                         const auto moved_on = std::max(row.Int(0), row.Int(1));
                         if (moved_on <= log.snapshot.at.micros) ++unmoved;
                       });
  return unmoved != watched.size();
}

bool HasAnyAppeared(sql::Connection& connection, const sql::Database& database,
                    std::int64_t project, const std::vector<std::string>& missing_ids) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(missing_ids.size());
  for (const auto& id : missing_ids) {
    sets.push_back({database.HashOf(project, id), project, std::string_view(id)});
  }
  bool is_there = false;
  connection.QueryEach(kById, sets, [&](std::size_t, const sql::Rows&) { is_there = true; });
  return is_there;
}

}  // namespace

bool IsNothingNew(sql::Connection& connection, const sql::Database& database,
                  const sync_log::SyncLog& log, const sync_log::OwnerIds& owners) {
  if (log.owners != owners || IsAnyOwnerMarked(connection, log)) return false;
  if (sync_log::NewestDelta(connection, log) != 0) return false;
  const auto watched = sync_log::ReadWatched(connection, log);
  return !watched.is_unsettled && !IsAnyWatchedMoved(connection, log, watched.rows) &&
         !HasAnyAppeared(connection, database, log.project, watched.missing_ids);
}

}  // namespace outpost::sync
