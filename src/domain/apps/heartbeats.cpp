#include "domain/apps/heartbeats.h"

namespace outpost::apps {
namespace {

std::string_view Cut(std::string_view text) { return text.substr(0, kHeartbeatTextBytesMax); }

}  // namespace

void RecordHeartbeat(sql::Batch& batch, std::int64_t project, const Heartbeat& heartbeat) {
  batch.connection().Execute(
      "INSERT INTO app_heartbeats (project, account, app_id, device_id, reported_on, build_id, "
      "app_version, build_profile, client_version, unsent_forms, quarantined_forms, drift_hours, "
      "last_sync_on, push_token) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) "
      "ON CONFLICT (project, account, app_id, device_id) DO UPDATE SET reported_on = $5, "
      "build_id = $6, app_version = $7, build_profile = $8, client_version = $9, "
      "unsent_forms = $10, quarantined_forms = $11, drift_hours = $12, last_sync_on = $13, "
      "push_token = $14",
      {project, heartbeat.account, Cut(heartbeat.app_id), Cut(heartbeat.device_id),
       heartbeat.reported_on.micros, Cut(heartbeat.build_id), heartbeat.app_version,
       Cut(heartbeat.build_profile), Cut(heartbeat.client_version), heartbeat.unsent_forms,
       heartbeat.quarantined_forms, heartbeat.drift_hours, heartbeat.last_sync_on.micros,
       Cut(heartbeat.push_token)});
}

std::vector<Heartbeat> ListHeartbeats(sql::Connection& connection, std::int64_t project,
                                      std::string_view app_id, int limit) {
  std::vector<Heartbeat> heartbeats;
  const auto rows = connection.Query(
      "SELECT h.account, a.username, h.app_id, h.device_id, h.reported_on, h.build_id, "
      "h.app_version, h.build_profile, h.client_version, h.unsent_forms, h.quarantined_forms, "
      "h.drift_hours, h.last_sync_on, h.push_token FROM app_heartbeats h "
      "JOIN accounts a ON a.id = h.account WHERE h.project = $1 AND h.app_id = $2 "
      "ORDER BY h.reported_on, a.username LIMIT $3",
      {project, app_id, std::int64_t{limit}});
  while (rows->Next()) {
    Heartbeat one;
    one.account = rows->Int(0);
    one.username = rows->String(1);
    one.app_id = rows->String(2);
    one.device_id = rows->String(3);
    one.reported_on = Instant{rows->Int(4)};
    one.build_id = rows->String(5);
    one.app_version = rows->Int(6);
    one.build_profile = rows->String(7);
    one.client_version = rows->String(8);
    one.unsent_forms = rows->Int(9);
    one.quarantined_forms = rows->Int(10);
    one.drift_hours = rows->Int(11);
    one.last_sync_on = Instant{rows->Int(12)};
    one.push_token = rows->String(13);
    heartbeats.push_back(std::move(one));
  }
  return heartbeats;
}

}  // namespace outpost::apps
