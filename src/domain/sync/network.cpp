#include "domain/sync/network.h"

#include <algorithm>
#include <utility>

#include "domain/sync/live_set.h"

namespace outpost::sync {
namespace {

using sync_log::CaseGraph;
using sync_log::kMissing;
using sync_log::NodeSet;

/// A query of what Network::Add reads. Most cases have no index, and most are pointed at by none:
/// that is said here, so that only the others are asked about.
std::string CasesFrom(std::string_view rest) {
  return "SELECT c.id, c.case_id, c.owner_id, c.modified_by, c.is_closed, c.is_deleted, "
         "c.indexed_on, "
         "CASE WHEN EXISTS (SELECT 1 FROM case_indices x WHERE x.case_row = c.id) "
         "THEN 1 ELSE 0 END, "
         "CASE WHEN EXISTS (SELECT 1 FROM case_indices x WHERE x.referenced_hash = c.id_hash) "
         "THEN 1 ELSE 0 END " +
         std::string(rest);
}

const std::string kOwned = CasesFrom(
    "FROM cases c WHERE c.project = $1 AND c.owner_id = $2 AND c.is_closed = 0 AND "
    "c.is_deleted = 0");
const std::string kById =
    CasesFrom("FROM cases c WHERE c.id_hash = $1 AND c.project = $2 AND c.case_id = $3");
const std::string kByRow = CasesFrom("FROM cases c WHERE c.id = $1 AND c.project = $2");
const std::string kOpenExtensions = CasesFrom(
    "FROM case_indices i JOIN cases c ON c.id = i.case_row WHERE i.referenced_hash = $1 AND "
    "i.referenced_id = $2 AND i.relationship = 'extension' AND c.project = $3 AND "
    "c.is_closed = 0 AND c.is_deleted = 0");
constexpr const char* kIndices =
    "SELECT identifier, referenced_id, referenced_type, relationship FROM case_indices "
    "WHERE case_row = $1 ORDER BY identifier";

}  // namespace

Network::Network(sql::Connection& connection, const sql::Database& database, std::int64_t project,
                 const sync_log::OwnerIds& owners)
    : connection_(connection), database_(database), project_(project), owners_(owners) {
  AddOwned();
  Explore();
}

Network::Network(sql::Connection& connection, const sql::Database& database, std::int64_t project,
                 std::span<const std::int64_t> rows)
    : connection_(connection), database_(database), project_(project) {
  std::vector<std::vector<sql::Param>> sets;
  for (const auto row : rows) sets.push_back({row, project_});
  connection_.QueryEach(
      kByRow, sets, [&](std::size_t, const sql::Rows& row) { cases_[Add(row)].is_owned = true; });
  Explore();
}

std::uint32_t Network::Add(const sql::Rows& row) {
  const auto place = static_cast<std::uint32_t>(cases_.size());
  const auto [at, is_new] = by_row_.try_emplace(row.Int(0), place);
  if (!is_new) return at->second;
  NetworkCase& c = cases_.emplace_back();
  c.row = row.Int(0);
  c.case_id = row.Text(1);
  c.owner_id = row.Text(2);
  c.modified_by = row.Text(3);
  c.is_closed = row.Int(4) != 0;
  c.is_deleted = row.Int(5) != 0;
  c.is_owned = owners_.contains(c.owner_id);
  c.indexed_on = {row.Int(6)};
  if (row.Int(7) != 0) with_indices_.push_back(place);
  if (row.Int(8) != 0) pointed_at_.push_back(place);
  return place;
}

void Network::AddOwned() {
  std::vector<std::vector<sql::Param>> sets;
  for (const auto& owner : owners_) sets.push_back({project_, std::string_view(owner)});
  connection_.QueryEach(kOwned, sets, [&](std::size_t, const sql::Rows& row) { Add(row); });
}

void Network::Explore() {
  while (!with_indices_.empty() || !pointed_at_.empty()) {
    const auto pointed_at = std::exchange(pointed_at_, {});
    FollowIndices();
    AddExtensionsOf(pointed_at);
  }
}

void Network::FollowIndices() {
  const auto places = std::exchange(with_indices_, {});
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(places.size());
  for (const auto place : places) sets.push_back({cases_[place].row});
  connection_.QueryEach(kIndices, sets, [&](std::size_t i, const sql::Rows& row) {
    cases_[places[i]].indices.push_back(
        {row.String(0), row.String(1), row.String(2), row.Text(3) == "extension", kMissing});
  });
  FindTargets(places);
}

void Network::LearnIds() {
  for (; ids_learnt_ < cases_.size(); ++ids_learnt_) {
    by_id_[cases_[ids_learnt_].case_id] = static_cast<std::uint32_t>(ids_learnt_);
  }
}

void Network::FindTargets(std::span<const std::uint32_t> places) {
  if (places.empty()) return;
  LearnIds();
  std::vector<const std::string*> wanted;
  for (const auto place : places) {
    for (const auto& index : cases_[place].indices) {
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
  LearnIds();
  for (const auto place : places) {
    for (auto& index : cases_[place].indices) index.target = by_id_.at(index.referenced_id);
  }
}

void Network::AddExtensionsOf(std::span<const std::uint32_t> places) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(places.size());
  std::vector<std::string> ids;  // bound while cases_ grows
  ids.reserve(places.size());
  for (const auto place : places) {
    if (cases_[place].is_deleted) continue;
    ids.push_back(cases_[place].case_id);
    sets.push_back(
        {database_.HashOf(project_, ids.back()), std::string_view(ids.back()), project_});
  }
  connection_.QueryEach(kOpenExtensions, sets,
                        [&](std::size_t, const sql::Rows& row) { Add(row); });
}

void Network::AddHeld(std::span<const std::int64_t> rows) {
  std::vector<std::vector<sql::Param>> sets;
  sets.reserve(rows.size());
  for (const auto row : rows) sets.push_back({row, project_});
  connection_.QueryEach(kByRow, sets, [&](std::size_t, const sql::Rows& row) { Add(row); });
  FollowIndices();
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
  const auto watched = sync_log::ReadWatched(connection, log);
  return !watched.is_unsettled && !IsAnyWatchedMoved(connection, log, watched.rows) &&
         !HasAnyAppeared(connection, database, log.project, watched.missing_ids);
}

}  // namespace outpost::sync
