#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/metrics.h"
#include "store/sql/database.h"
#include "store/sql/migrations.h"
#include "store/sql/writer.h"

namespace outpost::sql_testing {

/// A database with its writer and a table `notes` to write into.
struct StoreRig {
  explicit StoreRig(const sql::DatabaseOptions& options, const sql::WriterOptions& limits = {})
      : database(sql::Database::Open(options)),
        writer(std::make_unique<sql::Writer>(*database, clock, metrics, limits)) {
    writer->Run(0, [](sql::Batch& batch) {
      auto& connection = batch.connection();
      connection.Execute(
          sql::DdlFor(connection.engine(),
                      "CREATE TABLE IF NOT EXISTS notes (id {id}, text {text} NOT NULL UNIQUE)"));
    });
  }

  std::int64_t Number(std::string_view sql) {
    const auto reader = database->Read();
    const auto rows = reader->Query(sql);
    return rows->Next() ? rows->Int(0) : -1;
  }
  std::int64_t CountNotes() { return Number("SELECT COUNT(*) FROM notes"); }

  SystemClock clock;
  MetricRegistry metrics;
  std::unique_ptr<sql::Database> database;
  std::unique_ptr<sql::Writer> writer;
};

/// A note and its row in the change log, under the next position.
inline sql::Stamp AddNote(sql::Batch& batch, std::string_view text) {
  const auto stamp = batch.Next();
  batch.connection().Execute("INSERT INTO notes (id, text) VALUES ($1, $2)", {stamp.seq, text});
  batch.connection().Execute(
      "INSERT INTO changes (seq, at, project, topic, row_id, document_id, type, subtype, "
      "is_deletion) VALUES ($1, $2, 1, 1, $1, $3, '', '', 0)",
      {stamp.seq, stamp.at.micros, text});
  return stamp;
}

}  // namespace outpost::sql_testing
