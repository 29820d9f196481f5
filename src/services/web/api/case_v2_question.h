#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "insight/lists/lists.h"
#include "services/web/api/case_v2_view.h"

/// What a caller of the case list asks (web document 3.2). Pure.
namespace outpost::web {

/// properties.<name>: one of these values; "" also where it is not set.
struct PropertyFilter {
  std::string name;
  std::vector<std::string> any_of;
};
/// indices.<identifier>: to one of these cases.
struct IndexFilter {
  std::string identifier;
  std::vector<std::string> any_of;
};

struct CaseV2Question {
  lists::Selection selection;  // without project and rows
  std::vector<PropertyFilter> properties;
  std::vector<IndexFilter> indices;
  FieldSelection fields;
  std::int64_t limit = 20;
};

/// More is refused.
inline constexpr std::int64_t kCaseV2LimitMax = 5'000;

/// @throws Problem kBadRequest in the words of 3.2: an unknown parameter, a bad date or limit, and
///         `query`, which needs the expression engine
CaseV2Question ReadCaseV2Question(const QueryParameters& query);

/// What the token index knows of the properties asked for.
std::vector<search::Needle> NeedlesOf(const std::vector<PropertyFilter>& filters);

/// Whether a case has the properties asked for.
bool HasProperties(const cases::Case& c, const std::vector<PropertyFilter>& filters);

/// The question and the last indexed_on that was shown, as one opaque text.
struct CaseV2Cursor {
  QueryParameters query;
  Instant after;
};
std::string WriteCursor(const CaseV2Cursor& cursor);
/// @throws Problem kBadRequest when nobody wrote it
CaseV2Cursor ReadCursor(std::string_view text);

}  // namespace outpost::web
