#pragma once

#include <string>

#include "domain/locations/locations.h"
#include "domain/locations/types.h"

namespace outpost::locations::detail {

/// What can be said about a location alone. @throws Problem kBadRequest
void CheckTexts(const Location& location);
/// Whether it may lie there. `parent`: null for a root. @throws Problem kBadRequest
void CheckLevel(const LocationType& type, const Location* parent, const LocationType* parent_type);

}  // namespace outpost::locations::detail
