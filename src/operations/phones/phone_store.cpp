#include "operations/phones/phone_store.h"

#include <algorithm>

namespace outpost::phones {

OwnerIds OwnerIdsOf(const PhoneStore& store) {
  OwnerIds owners{store.user_id};
  for (const auto& [key, fixture] : store.fixtures) {
    if (key.first == kUserGroups) owners.insert(fixture.group_ids.begin(), fixture.group_ids.end());
  }
  return owners;
}

void SetIndex(PhoneCase& held, CaseIndex index) {
  const auto at = std::lower_bound(
      held.indices.begin(), held.indices.end(), index.identifier,
      [](const CaseIndex& known, const std::string& name) { return known.identifier < name; });
  const bool is_known = at != held.indices.end() && at->identifier == index.identifier;
  if (index.target.empty()) {
    if (is_known) held.indices.erase(at);
  } else if (is_known) {
    *at = std::move(index);
  } else {
    held.indices.insert(at, std::move(index));
  }
}

}  // namespace outpost::phones
