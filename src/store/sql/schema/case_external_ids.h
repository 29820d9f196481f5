#pragma once

#include <string_view>

/// Cases by the id that another system gave them. An integration that asks "make it or change it"
/// must see what was committed a moment ago, so this one list is not left to query.db. Only cases
/// that have such an id are in the index; a query uses it when it says external_id <> '' itself.
namespace outpost::sql::schema {

inline constexpr std::string_view kCaseExternalIds = R"(
CREATE INDEX cases_by_external_id ON cases (project, external_id) WHERE external_id <> '';
)";

}  // namespace outpost::sql::schema
