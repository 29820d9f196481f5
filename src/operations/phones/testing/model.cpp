#include "operations/phones/testing/model.h"

#include <algorithm>

#include "operations/phones/purge.h"

namespace outpost::phones::testing {
namespace {

using Ids = std::set<std::string>;
/// Targets by whether the edge is an extension: child as soon as one index is (step 1).
using Edges = std::map<std::string, bool>;

Edges EdgesOf(const PhoneCases& cases, const PhoneCase& from) {
  Edges edges;
  for (const auto& index : from.indices) {
    if (!cases.contains(index.target)) continue;
    const auto [edge, is_new] = edges.emplace(index.target, index.is_extension);
    if (!is_new) edge->second = edge->second && index.is_extension;
  }
  return edges;
}

bool HasExtension(const Edges& edges) {
  return std::any_of(edges.begin(), edges.end(), [](const auto& edge) { return edge.second; });
}

bool HasExtensionTo(const Edges& edges, const Ids& targets) {
  return std::any_of(edges.begin(), edges.end(),
                     [&](const auto& edge) { return edge.second && targets.contains(edge.first); });
}

/// Step 2.
Ids Available(const PhoneCases& cases) {
  Ids available;
  for (bool grows = true; grows;) {
    grows = false;
    for (const auto& [id, c] : cases) {
      if (c.is_closed || available.contains(id)) continue;
      const auto edges = EdgesOf(cases, c);
      if (HasExtension(edges) && !HasExtensionTo(edges, available)) continue;
      available.insert(id);
      grows = true;
    }
  }
  return available;
}

/// Step 3.
Ids Live(const PhoneCases& cases, const OwnerIds& owners) {
  const auto available = Available(cases);
  Ids live;
  for (const auto& [id, c] : cases) {
    if (owners.contains(c.owner_id) && available.contains(id)) live.insert(id);
  }
  for (bool grows = true; grows;) {
    const auto before = live.size();
    for (const auto& [id, c] : cases) {
      const auto edges = EdgesOf(cases, c);
      if (!c.is_closed && HasExtensionTo(edges, live)) live.insert(id);
      if (!live.contains(id)) continue;
      for (const auto& [target, is_extension] : edges) live.insert(target);
    }
    grows = live.size() > before;
  }
  return live;
}

}  // namespace

void ApplyOnServer(const CaseChange& change, const std::string& user_id, PhoneCases& cases) {
  auto& c = cases[change.case_id];
  if (change.create) {
    c.type = change.create->type;
    c.name = change.create->name;
    if (change.create->owner_id) c.owner_id = *change.create->owner_id;
  }
  if (change.name) c.name = *change.name;
  if (change.owner_id) c.owner_id = *change.owner_id;
  for (const auto& [name, value] : change.properties) c.properties[name] = value;
  for (const auto& index : change.indices) SetIndex(c, index);
  c.is_closed = c.is_closed || change.closes;
  if (c.owner_id.empty()) c.owner_id = user_id;
}

bool Model::Commit(const PhoneForm& form) {
  if (!forms_.insert(form.form_id).second) return false;
  for (const auto& change : form.changes) ApplyOnServer(change, form.user_id, cases_);
  return true;
}

std::set<std::string> LiveSet(const PhoneCases& cases, const OwnerIds& owners, Dangling dangling) {
  PhoneCases left;
  for (const auto& id : Live(cases, owners)) left[id] = cases.find(id)->second;
  const auto leave_out = [&] {
    for (auto& [id, c] : left) {
      std::erase_if(c.indices,
                    [&](const CaseIndex& index) { return !left.contains(index.target); });
    }
  };
  leave_out();  // what points at no case of the server is never sent
  while (true) {
    const auto purged = FindPurged(left, &owners);
    if (purged.removed.empty()) break;
    for (const auto& id : purged.removed) left.erase(id);
    if (dangling == Dangling::kStays) leave_out();
  }
  std::set<std::string> ids;
  for (const auto& [id, c] : left) ids.insert(id);
  return ids;
}

}  // namespace outpost::phones::testing
