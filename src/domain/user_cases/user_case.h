#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/cases/case.h"
#include "domain/intake/case_updates.h"
#include "domain/people/user_data.h"

/// What a worker's user case is to say (submission document 21). Pure functions on data.
namespace outpost::user_cases {

inline constexpr std::string_view kCaseType = "commcare-user";

struct Wanted {
  std::string user_id;  // external id and owner too
  std::string name;     // full name, else the name that the worker types
  std::map<std::string, std::string> properties;
  bool is_open = true;
};

/// `data`: as the data API shows it. What cannot be a property is left out: a key that is no XML
/// name or that names a field of cases, a value that XML cannot carry.
Wanted WantedOf(const people::Account& account, const people::UserData& data);

/// Of several user cases of a worker the one that counts: an open one, then the oldest; null for
/// none.
const cases::Case* Chosen(const std::vector<cases::Case>& of_worker);

struct Change {
  bool reopens = false;  // first; what else differs shows afterwards
  bool is_new = false;
  std::optional<intake::CaseUpdate> update;
};
/// What brings `present` (null: there is none) to what is wanted. Who is gone gets no new case, and
/// a closed case of theirs stays as it is.
Change ChangeFor(const Wanted& wanted, const cases::Case* present);

/// Whether a block as the server reads it would leave the case as it is: some values are stored in
/// another shape than they are sent in.
bool ChangesNothing(const cases::CaseBlock& block, const cases::Case& present);

}  // namespace outpost::user_cases
