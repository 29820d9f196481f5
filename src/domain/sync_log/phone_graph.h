#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/sync_log/case_graph.h"

/// What a phone holds, as the phone knows it: as it was sent, or as the phone's own forms said; not
/// what the server has by now (restore document 10.1, recommended model). Plain data and pure
/// functions. Cases are known by their row in the primary database.
namespace outpost::sync_log {

struct HeldIndex {
  std::string identifier;
  std::int64_t target = 0;  // row; 0: the server had no such case
  std::string target_id;    // of a target without row
  bool is_extension = false;
  std::string case_type = {};  // as the index names it
  friend bool operator==(const HeldIndex&, const HeldIndex&) = default;
};
struct HeldCase {
  std::int64_t row = 0;
  std::string owner_id;
  bool is_closed = false;
  std::vector<HeldIndex> indices;  // by identifier
  friend bool operator==(const HeldCase&, const HeldCase&) = default;
};
using PhoneGraph = std::vector<HeldCase>;  // by row

HeldCase* FindHeld(PhoneGraph& graph, std::int64_t row);
const HeldCase* FindHeld(const PhoneGraph& graph, std::int64_t row);
/// Adds the cases, or puts them in the place of those with their rows.
void Overlay(PhoneGraph& graph, std::vector<HeldCase> cases);

using OwnerIds = std::set<std::string, std::less<>>;

/// One flag for each case: whether it stays when the phone purges.
NodeSet KeptOf(const PhoneGraph& graph, const OwnerIds& owners);
/// The part that stays when the phone purges.
PhoneGraph PurgedBy(const PhoneGraph& graph, const OwnerIds& owners);

/// What one case block of a form did on the phone that sent it.
struct IndexEffect {
  HeldIndex index;
  bool is_removal = false;
  friend bool operator==(const IndexEffect&, const IndexEffect&) = default;
};
struct BlockEffect {
  std::int64_t row = 0;
  bool creates = false;
  bool closes = false;
  std::optional<std::string> owner_id;  // where the block says one; may be empty
  std::vector<IndexEffect> indices;
  friend bool operator==(const BlockEffect&, const BlockEffect&) = default;
};
/// Blocks of one form, in the order the phone applied them to each case.
using FormEffect = std::vector<BlockEffect>;

/// 10.2 step 2: a block for a case that is not held adds it only when it creates it or when the
/// case becomes owned.
void Apply(PhoneGraph& graph, const FormEffect& effect, const OwnerIds& owners);

/// Fills in rows of targets that were not known when their index was. `row_of`: 0 when still not.
void ResolveTargets(PhoneGraph& graph,
                    const std::function<std::int64_t(const std::string& case_id)>& row_of);

/// For storage. @throws Problem kInternal when the bytes are not what Pack makes.
std::string Pack(const PhoneGraph& graph);
PhoneGraph UnpackGraph(std::string_view packed);
std::string Pack(const FormEffect& effect);
FormEffect UnpackEffect(std::string_view packed);
/// Rows in ascending order.
std::string PackRows(std::span<const std::int64_t> rows);
std::vector<std::int64_t> UnpackRows(std::string_view packed);

}  // namespace outpost::sync_log
