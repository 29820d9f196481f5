#include "cli/serve/ship_line.h"

#include <boost/json.hpp>
#include <utility>

#include "base/text.h"
#include "operations/backup/layout.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;

json::object JsonOf(const backup::ShipStatus& status) {
  return {{"to", status.where},
          {"series", status.series},
          {"sent_seq", status.sent_seq},
          {"sent_at", status.sent_at.micros == 0 ? "" : FormatT6(status.sent_at)},
          {"committed_seq", status.committed_seq},
          {"waiting_segments", status.waiting_segments},
          {"waiting_bytes", status.waiting_bytes},
          {"sent_segments", status.sent_segments},
          {"sent_bytes", status.sent_bytes},
          {"trouble", status.trouble},
          {"has_base", status.has_base},
          {"is_base_running", status.is_base_running},
          {"base_done_bytes", status.base_done_bytes},
          {"base_total_bytes", status.base_total_bytes},
          {"longest_hook_micros", status.longest_hook_micros}};
}

json::object Shown(const backup::SeriesId& base, std::int64_t seq, Instant at, std::int64_t bytes,
                   std::int64_t copy_micros) {
  return {{"base", backup::HexOf(base)},
          {"seq", seq},
          {"at", FormatT6(at)},
          {"bytes", bytes},
          {"copy_micros", copy_micros}};
}

class SqliteLine final : public ShipLine {
 public:
  SqliteLine(backup::ShipperOptions options, backup::LogTap& tap, sql::Database& database,
             const Clock& clock, MetricRegistry& metrics)
      : shipper_(std::move(options), tap, database, clock, metrics) {}

  Base MakeBase() override {
    const auto made = shipper_.MakeBase();
    return {made.at,
            cli::Shown(made.base, made.seq, made.at, made.pages * 4'096, made.copy_micros)};
  }
  void PutProof(const backup::Proof& proof) override { shipper_.PutProof(proof); }
  bool Flush(std::int64_t seconds) override { return shipper_.Flush(seconds); }
  backup::ShipStatus Status() const override { return shipper_.Status(); }
  json::object Shown() const override { return JsonOf(shipper_.Status()); }
  std::optional<backup::Takeover> FindTakeover() const override { return shipper_.FindTakeover(); }
  void Cancel() override { shipper_.Cancel(); }
  void Stop(std::int64_t seconds) override { shipper_.Stop(seconds); }

 private:
  backup::Shipper shipper_;
};

class PostgresqlLine final : public ShipLine {
 public:
  PostgresqlLine(pg_backup::ShipperOptions options, backup::LogTap& tap, const Clock& clock,
                 MetricRegistry& metrics)
      : shipper_(std::move(options), tap, clock, metrics) {}

  Base MakeBase() override {
    const auto made = shipper_.MakeBase();
    return {made.at, cli::Shown(made.base, made.seq, made.at, made.bytes, made.copy_micros)};
  }
  void PutProof(const backup::Proof& proof) override { shipper_.PutProof(proof); }
  bool Flush(std::int64_t seconds) override { return shipper_.Flush(seconds); }
  backup::ShipStatus Status() const override { return shipper_.Status().common; }
  json::object Shown() const override {
    const auto status = shipper_.Status();
    auto shown = JsonOf(status.common);
    shown["slot"] = status.slot;
    shown["slot_lag_bytes"] = status.slot_lag_bytes;
    return shown;
  }
  /// PostgreSQL's standbys are its own: a server that was promoted has another timeline.
  std::optional<backup::Takeover> FindTakeover() const override { return std::nullopt; }
  void Cancel() override { shipper_.Cancel(); }
  void Stop(std::int64_t seconds) override { shipper_.Stop(seconds); }

 private:
  pg_backup::Shipper shipper_;
};

}  // namespace

std::unique_ptr<ShipLine> ShipSqlite(backup::ShipperOptions options, backup::LogTap& tap,
                                     sql::Database& database, const Clock& clock,
                                     MetricRegistry& metrics) {
  return std::make_unique<SqliteLine>(std::move(options), tap, database, clock, metrics);
}

std::unique_ptr<ShipLine> ShipPostgresql(pg_backup::ShipperOptions options, backup::LogTap& tap,
                                         const Clock& clock, MetricRegistry& metrics) {
  return std::make_unique<PostgresqlLine>(std::move(options), tap, clock, metrics);
}

}  // namespace outpost::cli
