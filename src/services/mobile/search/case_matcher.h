#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/cases/case.h"
#include "services/mobile/search/search_params.h"

/// Whether a case is what a search asks for, and in which order found cases come. Pure but for the
/// look-up of ancestors.
namespace outpost::mobile {

/// A case of the project by id, null when there is none or it is deleted.
using FindAncestor = std::function<std::optional<cases::Case>(const std::string& case_id)>;

bool Matches(const cases::Case& c, const SearchParams& params, const FindAncestor& find);

/// A property as searches see it: case_name, name, external_id, date_opened and what forms set.
std::string_view TextOf(const cases::Case& c, std::string_view property);

/// Stable.
void Sort(std::vector<cases::Case>& found, const std::vector<SortKey>& keys);

}  // namespace outpost::mobile
