#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/cases/case.h"

/// JSON views of a case (submission document 22.3, 22.4; web document 2.2).
namespace outpost::cases {

struct CaseHistory {
  std::vector<std::string> xform_ids;       // of non-revoked form transactions, by server date
  std::optional<Instant> server_opened_on;  // server date of the first of them
};

/// The v1 API object.
std::string RenderApiCase(const Case& c, std::string_view project, const CaseHistory& history);

/// The case document (22.3): change feed, repeaters, raw filters. Actions are all non-revoked
/// transactions; form ids stand beside them in the same order ("" for rebuilds).
std::string RenderCaseDocument(const Case& c, std::string_view project, const CaseHistory& history,
                               const std::vector<Transaction>& transactions,
                               const std::vector<std::string>& transaction_form_ids);

}  // namespace outpost::cases
