#pragma once

#include <set>
#include <string>
#include <string_view>

#include "domain/cases/case.h"
#include "domain/forms/form_record.h"
#include "insight/lists/lists.h"
#include "services/web/api/api_access.h"

/// Which forms and cases a caller sees (web document 1.3, 9.5). One with access_all_locations sees
/// all of them. Another one reaches the locations in use at or below its own, and whoever works at
/// one of them, itself included; it sees the forms that these people sent and the cases that these
/// locations or people own. What belongs to a group or to nobody is outside everybody's reach.
namespace outpost::web {

struct Reach {
  bool is_whole = true;
  std::set<std::string, std::less<>> locations, users;  // ids

  bool HasOwner(std::string_view owner_id) const;
  bool Sees(const forms::FormRecord& form) const;
  bool Sees(const cases::Case& c) const;
};
Reach ReachOf(const ApiCaller& caller);

/// Only what the caller sees.
void Narrow(const Reach& reach, lists::Selection& selection);

}  // namespace outpost::web
