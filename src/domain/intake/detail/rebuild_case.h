#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/intake/rebuild.h"

namespace outpost::intake {

/// Why a case was rebuilt, as its transaction says.
struct RebuildReason {
  std::int64_t type = 0;  // one of cases::TransactionType
  std::string details;    // JSON, "" none
};

/// Computes a stored case anew, writes it and the transaction that says why. Nothing when the
/// project has no such case.
void RebuildCase(StoredForms& stored, std::string_view case_id, const RebuildPlan& plan,
                 RebuildReason reason);

}  // namespace outpost::intake
