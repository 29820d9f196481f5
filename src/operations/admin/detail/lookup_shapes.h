#pragma once

#include <boost/json.hpp>

#include "domain/fixtures/lookup_tables.h"
#include "operations/admin/detail/arguments.h"

namespace outpost::operations::detail {

boost::json::object DescribeTable(const fixtures::LookupTable& table);
/// From "tag", "table_id", "global", "fields", "item_attributes". Fields are of the shape that
/// DescribeTable gives; their "attributes" and "indexed" may be left out.
fixtures::LookupTable LookupTableOf(const Arguments& arguments);

}  // namespace outpost::operations::detail
