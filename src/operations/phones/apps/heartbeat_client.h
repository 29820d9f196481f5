#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "engine/suite/profile.h"

/// What a phone sends with its heartbeat and what it does with the answer (app delivery document
/// 8). Pure, but for the schedule's memory.
namespace outpost::phones {

struct HeartbeatReport {
  std::string app_id;  // unique id of the profile
  std::string device_id;
  std::int64_t app_version = 0;
  std::string cc_version;  // "2.57.0"
  std::int64_t unsent_forms = 0, quarantined_forms = 0;
  std::string last_sync_time;  // ISO 8601, or empty
  std::int64_t drift_hours = 0, drift_hours_max = 0;
};
/// @param url the property heartbeat-url, which may have a query
std::string HeartbeatAddress(std::string_view url, const HeartbeatReport& report);

/// "2.36" or "2.36.0". None: anything else.
std::optional<suite::ClientVersion> ClientVersionOf(std::string_view text);
/// Below, at or above 0 as `a` is older than, the same as or newer than `b`.
int CompareVersions(const suite::ClientVersion& a, const suite::ClientVersion& b);

struct AppPrompt {
  std::int64_t version = 0;
  bool is_forced = false;
};
struct ClientPrompt {
  std::string version;  // as it was written
  bool is_forced = false;
};

struct HeartbeatReaction {
  bool is_accepted = false;  // else the whole answer counts for nothing
  std::optional<AppPrompt> app;
  std::optional<ClientPrompt> client;
  std::string latest_client;  // to be remembered; empty: not told
  bool forces_logs = false;
  bool stops_background_work = false;
};
/// Only with 200 and the app id of the report an answer counts.
HeartbeatReaction ReadHeartbeat(int status, std::string_view body, const HeartbeatReport& report);

/// A prompt that may be put off: shown at each of the first logins, then seldom. A forced one is
/// shown always.
struct PromptFrequency {
  int views_before_reducing = 3;  // property num-views-before-reducing-frequency
  int regular = 1;                // at every so many logins; regular-show-frequency
  int reduced = 4;                // reduced-show-frequency

  int views = 0;
  int logins_since = 0;  // since it was shown

  /// Counts the login. Whether the prompt is shown at it.
  bool ShowsAtLogin(bool is_forced);
};

/// Asked at login and then hourly, until one answer of the login counts.
class HeartbeatSchedule {
 public:
  static constexpr std::int64_t kAgainMicros = 3'600 * kMicrosPerSecond;

  void LoggedIn();
  bool IsDue(Instant now) const;
  void Answered(Instant now, bool is_accepted);

 private:
  bool is_done_ = true;
  std::optional<Instant> last_;
};

}  // namespace outpost::phones
