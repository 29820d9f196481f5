#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "store/sql/connection.h"

/// The schema of the primary database, as a list of steps that only add.
///
/// DDL is written once with these words, replaced per engine:
///   {id}    primary key given by us      INTEGER PRIMARY KEY | BIGINT PRIMARY KEY
///   {int}   64-bit integer               INTEGER | BIGINT
///   {text}  text                         TEXT | TEXT (COLLATE "C")
///   {bytes} bytes                        BLOB | BYTEA
///   {keyed} end of a table clustered by its primary key     WITHOUT ROWID | nothing
namespace outpost::sql {

struct Migration {
  std::int64_t number;
  std::string_view name;
  std::string_view ddl;  // statements separated by ';'
};

/// All steps in order; store/sql/schema/ has one file per area.
std::span<const Migration> AllMigrations();

/// Which engine a location means (DatabaseOptions).
Engine EngineAt(std::string_view location);

/// Replaces the words above for an engine.
std::string DdlFor(Engine engine, std::string_view ddl);

}  // namespace outpost::sql
