#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.h"

/// What a case search asks for (restore document 15.1). Pure.
namespace outpost::mobile {

/// A condition on one property. Parts that are there are alternatives.
struct PropertyFilter {
  std::vector<std::string> path;  // indices up to an ancestor, "parent"; empty: the case itself
  std::string property;
  std::vector<std::string> any_of;
  bool or_blank = false;  // or missing
  struct Dates {
    std::string from, to;  // YYYY-MM-DD, both count
  };
  std::optional<Dates> dates;
};

struct IndexFilter {
  std::string identifier;
  std::vector<std::string> any_of;  // case ids
};

struct SortKey {
  enum class By : std::uint8_t { kExact, kDate, kNumber } by = By::kExact;
  std::string property;
  bool is_descending = false;
};

struct SearchParams {
  std::vector<std::string> case_types;
  std::optional<std::string> owner_id;
  std::vector<std::string> refused_owners;
  std::vector<PropertyFilter> filters;
  std::vector<IndexFilter> indices;
  std::vector<SortKey> sort;
  bool wants_all_related = false;
  std::string related_property;  // names a property that holds the id of a case to add
};

/// @throws Problem kBadRequest with the text that clients know
SearchParams ReadSearchParams(const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace outpost::mobile
