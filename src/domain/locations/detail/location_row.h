#pragma once

#include "domain/locations/locations.h"
#include "store/sql/connection.h"

/// The columns of a location "l" in a query, first in its list.
#define OUTPOST_LOCATION_COLUMNS                                                           \
  "l.id, l.location_id, l.name, l.site_code, l.type, l.parent, l.external_id, l.latitude," \
  " l.longitude, l.fields, l.is_archived, l.supply_point_id, l.created_on, l.modified_on," \
  " l.modified"

namespace outpost::locations::detail {

Location LocationFromRow(const sql::Rows& rows);

}  // namespace outpost::locations::detail
