#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/instant.h"
#include "base/metrics.h"
#include "operations/backup/log_tap.h"
#include "operations/backup/proof.h"
#include "operations/backup/shipper.h"
#include "operations/backup/takeover.h"
#include "operations/pg_backup/shipper.h"
#include "store/sql/database.h"

/// What ships a server's database to one destination, whichever engine it has.
namespace outpost::cli {

/// Threads: any.
class ShipLine {
 public:
  struct Base {
    Instant at;
    boost::json::object shown;  // as `outpost backup now` gets it
  };
  virtual ~ShipLine() = default;

  /// As their shippers do. @throws Problem
  virtual Base MakeBase() = 0;
  virtual void PutProof(const backup::Proof& proof) = 0;
  virtual bool Flush(std::int64_t seconds) = 0;
  virtual backup::ShipStatus Status() const = 0;
  /// The status as `outpost backup status` gets it.
  virtual boost::json::object Shown() const = 0;
  virtual std::optional<backup::Takeover> FindTakeover() const = 0;
  virtual void Cancel() = 0;
  virtual void Stop(std::int64_t seconds) = 0;
};

std::unique_ptr<ShipLine> ShipSqlite(backup::ShipperOptions options, backup::LogTap& tap,
                                     sql::Database& database, const Clock& clock,
                                     MetricRegistry& metrics);
std::unique_ptr<ShipLine> ShipPostgresql(pg_backup::ShipperOptions options, backup::LogTap& tap,
                                         const Clock& clock, MetricRegistry& metrics);

}  // namespace outpost::cli
