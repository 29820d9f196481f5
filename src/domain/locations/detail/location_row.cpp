#include "domain/locations/detail/location_row.h"

#include "format/json/text_map.h"

namespace outpost::locations::detail {

Location LocationFromRow(const sql::Rows& rows) {
  Location location;
  location.row = rows.Int(0);
  location.location_id = rows.Text(1);
  location.name = rows.Text(2);
  location.site_code = rows.Text(3);
  location.type = rows.Int(4);
  location.parent = rows.Int(5);
  location.external_id = rows.Text(6);
  location.latitude = rows.Text(7);
  location.longitude = rows.Text(8);
  location.fields = json::ReadTextMap(rows.Text(9));
  location.is_archived = rows.Int(10) != 0;
  location.supply_point_id = rows.Text(11);
  location.created_on = {rows.Int(12)};
  location.modified_on = {rows.Int(13)};
  location.modified = rows.Int(14);
  return location;
}

}  // namespace outpost::locations::detail
