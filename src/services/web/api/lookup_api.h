#pragma once

#include "domain/fixtures/lookup_rows.h"
#include "domain/fixtures/lookup_tables.h"
#include "format/json/writer.h"
#include "services/web/api/api_access.h"
#include "store/sql/writer.h"

/// Lookup tables and their rows (web document 2.11).
namespace outpost::web {

void AddLookupRoutes(http::Router& router, ApiContext& context);  // lookup_api.cpp
/// Making and changing them, and one row alone.
void AddLookupWriteRoutes(http::Router& router, ApiContext& context,
                          sql::Writer& writer);  // lookup_write.cpp

/// A row with all its values.
void WriteLookupItem(json::Writer& out, const fixtures::LookupTable& table,
                     const fixtures::LookupRow& row);

}  // namespace outpost::web
