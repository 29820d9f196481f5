#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/intake/case_updates.h"

namespace outpost::intake {

/// Where cases are looked up: what is committed, or what the writer's batch has.
struct CaseFinder {
  std::function<bool(const std::string& case_id)> is_there;
  std::function<std::vector<std::string>(const std::string& external_id)> with_external_id;
};

/// Which cases an update means.
struct CaseTarget {
  std::string case_id;
  bool is_new = false;
  std::vector<std::string> index_ids;  // of the indices, in their order; "" removes

  friend bool operator==(const CaseTarget&, const CaseTarget&) = default;
};

/// One target for each update. `fresh_ids` are the ids of the cases that would be new, one for each
/// update, so that the same question has the same answer again. A name that the request itself
/// gives counts before what is stored.
/// @throws Problem kBadRequest, in the words of the case API (web document 3.3)
std::vector<CaseTarget> FindTargets(const std::vector<CaseUpdate>& updates,
                                    const std::vector<std::string>& fresh_ids,
                                    const CaseFinder& finder);

}  // namespace outpost::intake
