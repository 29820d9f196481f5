#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/instant.h"
#include "domain/sync_log/case_graph.h"
#include "domain/sync_log/phone_graph.h"
#include "domain/sync_log/sync_log.h"
#include "store/sql/database.h"

/// The part of a project's cases that decides what a user's phone holds: what the user owns, and
/// whatever that is joined to by indices that matter (restore document 8.2).
namespace outpost::sync {

struct NetworkIndex {
  std::string identifier, referenced_id, referenced_type;
  bool is_extension = false;
  std::uint32_t target = sync_log::kMissing;  // place in Network::cases
};
struct NetworkCase {
  std::int64_t row = 0;
  std::string case_id, owner_id, modified_by;
  bool is_closed = false;
  bool is_deleted = false;
  bool is_owned = false;
  Instant indexed_on;
  std::vector<NetworkIndex> indices;  // by identifier
};

class Network {
 public:
  /// Reads with as many rounds of queries as the longest chain has cases. `connection` is in a
  /// snapshot, so that all rounds see the same state.
  Network(sql::Connection& connection, const sql::Database& database, std::int64_t project,
          const sync_log::OwnerIds& owners);

  /// What the cases with these rows would need on a phone that owned them.
  Network(sql::Connection& connection, const sql::Database& database, std::int64_t project,
          std::span<const std::int64_t> rows);

  /// Adds cases that a phone holds and the network does not reach. Rows that are gone are left out.
  void AddHeld(std::span<const std::int64_t> rows);

  const std::vector<NetworkCase>& cases() const { return cases_; }
  /// Place of a row, or kMissing.
  std::uint32_t PlaceOf(std::int64_t row) const;
  /// One flag for each case, in their order. Deleted cases are never live.
  sync_log::NodeSet Live() const;
  /// What else may change the answer: cases of others, and cases that are not there yet.
  sync_log::Watched Watch() const;

 private:
  void AddOwned();
  void Explore();
  /// Fills in the indices of the cases that came since the last time, and adds their targets.
  void FollowIndices();
  void FindTargets(std::span<const std::uint32_t> places);
  void AddExtensionsOf(std::span<const std::uint32_t> places);
  std::uint32_t Add(const sql::Rows& row);
  void LearnIds();

  sql::Connection& connection_;
  const sql::Database& database_;
  const std::int64_t project_;
  const sync_log::OwnerIds owners_;
  std::vector<NetworkCase> cases_;
  std::unordered_map<std::int64_t, std::uint32_t> by_row_;
  std::unordered_map<std::string, std::uint32_t> by_id_;  // kMissing: there is no such case
  std::size_t ids_learnt_ = 0;  // of cases_ are in by_id_, which nobody needs without indices
  /// Places of cases not yet asked about: with indices, and pointed at by any.
  std::vector<std::uint32_t> with_indices_, pointed_at_;
};

/// Whether nothing that could change a phone's cases has happened since the log's snapshot: the
/// owners are the same and neither they nor what is watched bears a later mark. Then the full
/// computation would give what the log says, unless forms have changed the log since (NewestDelta).
bool IsNothingNew(sql::Connection& connection, const sql::Database& database,
                  const sync_log::SyncLog& log, const sync_log::OwnerIds& owners);

}  // namespace outpost::sync
