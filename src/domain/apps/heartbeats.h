#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "store/sql/writer.h"

/// What phones report about themselves (app delivery document 8): who still runs which version.
namespace outpost::apps {

/// The newest report of one user, app and device.
struct Heartbeat {
  std::int64_t account = 0;
  std::string username;  // when read
  std::string app_id;
  std::string device_id;
  Instant reported_on;
  std::string build_id;  // that its address named
  std::int64_t app_version = 0;
  std::string build_profile;
  std::string client_version;
  std::int64_t unsent_forms = 0;
  std::int64_t quarantined_forms = 0;
  std::int64_t drift_hours = 0;
  Instant last_sync_on;  // 0: never or not told
  std::string push_token;
};

/// Texts of a report may have at most so many bytes; longer ones are cut.
inline constexpr std::size_t kHeartbeatTextBytesMax = 255;

void RecordHeartbeat(sql::Batch& batch, std::int64_t project, const Heartbeat& heartbeat);

/// Of an app, the ones that were silent longest first.
std::vector<Heartbeat> ListHeartbeats(sql::Connection& connection, std::int64_t project,
                                      std::string_view app_id, int limit);

}  // namespace outpost::apps
