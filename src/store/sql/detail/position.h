#pragma once

#include "store/sql/connection.h"
#include "store/sql/writer.h"

/// The one row that says how far positions have been given.
namespace outpost::sql::detail {

/// @throws Problem kInternal when the change log is ahead of it: the database is damaged.
Stamp ReadPosition(Connection& connection);

/// Starts the transaction of a batch and returns the last position given. On SQLite that is `known`
/// (there is no other writer); on PostgreSQL the row is read under the lock that puts the batches
/// of all processes in one order.
Stamp BeginBatch(Connection& connection, Stamp known);

void WritePosition(Connection& connection, Stamp last);

}  // namespace outpost::sql::detail
