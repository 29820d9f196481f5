#include "services/web/api/seen_data.h"

#include <vector>

#include "domain/locations/people_at.h"
#include "services/web/api/seen_locations.h"

namespace outpost::web {

bool Reach::HasOwner(std::string_view owner_id) const {
  return is_whole || locations.contains(owner_id) || users.contains(owner_id);
}

bool Reach::Sees(const forms::FormRecord& form) const {
  return is_whole || (form.user_id && users.contains(*form.user_id));
}

bool Reach::Sees(const cases::Case& c) const { return HasOwner(c.owner_id); }

Reach ReachOf(const ApiCaller& caller) {
  Reach reach;
  reach.is_whole = !IsRestrictedToLocations(caller);
  if (reach.is_whole) return reach;
  const auto seen = SeenBy(caller);
  std::vector<std::int64_t> rows;
  for (const int place : seen.places) {
    rows.push_back(seen.tree.At(place).row);
    reach.locations.insert(seen.tree.At(place).location_id);
  }
  for (auto& id : locations::UserIdsAt(caller.connection, caller.project.row, rows)) {
    reach.users.insert(std::move(id));
  }
  return reach;
}

void Narrow(const Reach& reach, lists::Selection& selection) {
  if (reach.is_whole) return;
  const bool is_forms = selection.subject == lists::Subject::kForms;
  auto& within = selection.within.emplace();
  within.field = is_forms ? lists::Field::kPerson : lists::Field::kOwner;
  within.any_of.assign(reach.users.begin(), reach.users.end());
  if (!is_forms) {
    within.any_of.insert(within.any_of.end(), reach.locations.begin(), reach.locations.end());
  }
}

}  // namespace outpost::web
