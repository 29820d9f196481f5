#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "insight/lists/lists.h"

/// The parameters that the classic lists have in common (web document 2.1, 2.2).
namespace outpost::web {

/// Parameters that are no filters: paging, form of the answer, credentials.
bool IsNoFilter(std::string_view name);

/// A range parameter: its name without "_start" or "_end".
struct RangeName {
  std::string_view name;
  lists::Field field;
};
/// Takes "<name>_start" or "<name>_end" into the selection's ranges.
/// @returns false when it is no range parameter. @throws Problem kBadRequest for a bad date
bool TakeRange(std::string_view name, std::string_view value, std::span<const RangeName> names,
               lists::Selection& selection);

/// Takes "_words" (every word of it) and "_part" (of a name).
/// @returns false when it is neither. @throws Problem kBadRequest for a part that is too short
bool TakeWords(std::string_view name, std::string_view value, std::vector<search::Needle>& words);

/// Adds an alternative to the selection's condition on a field.
void TakeEqual(lists::Field field, std::string_view value, lists::Selection& selection);
/// Only rows that this filter allows and the earlier ones did. @param alternatives are of one name.
void TakeRows(std::vector<std::int64_t> rows, lists::Selection& selection);

/// "indexed_on" or "-indexed_on". @throws Problem kBadRequest for another name
lists::Order ReadOrder(std::string_view value, std::span<const RangeName> names);

}  // namespace outpost::web
