#include "operations/phones/apps/heartbeat_client.h"

#include <boost/json.hpp>
#include <compare>
#include <tuple>

#include "base/text.h"

namespace outpost::phones {
namespace {

using boost::json::object;

constexpr int kOk = 200;

/// A text, or a number as text; empty: neither.
std::string TextOf(const object& from, const char* key) {
  const auto* value = from.if_contains(key);
  if (value == nullptr) return {};
  if (value->is_string()) return std::string(value->as_string());
  return value->is_number() ? boost::json::serialize(*value) : std::string();
}

bool IsTrue(const object& from, const char* key) {
  const auto* value = from.if_contains(key);
  if (value == nullptr) return false;
  return value->is_bool() ? value->as_bool() : TextOf(from, key) == "true";
}

const object* Member(const object& from, const char* key) {
  const auto* value = from.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

}  // namespace

std::string HeartbeatAddress(std::string_view url, const HeartbeatReport& report) {
  std::string address(url);
  const auto add = [&](std::string_view key, const std::string& value) {
    address += address.find('?') == std::string::npos ? '?' : '&';
    address += std::string(key) + "=" + PercentEncode(value);
  };
  add("app_id", report.app_id);
  add("device_id", report.device_id);
  add("app_version", std::to_string(report.app_version));
  add("cc_version", report.cc_version);
  add("num_unsent_forms", std::to_string(report.unsent_forms));
  add("num_quarantined_forms", std::to_string(report.quarantined_forms));
  add("last_sync_time", report.last_sync_time);
  add("current_drift", std::to_string(report.drift_hours));
  add("max_drift_since_last_heartbeat", std::to_string(report.drift_hours_max));
  return address;
}

std::optional<suite::ClientVersion> ClientVersionOf(std::string_view text) {
  const auto parts = Split(text, '.');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  int numbers[3] = {0, 0, 0};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = ParseInt(parts[i]);
    if (!number || *number < 0 || *number > 1'000'000) return std::nullopt;
    numbers[i] = static_cast<int>(*number);
  }
  return suite::ClientVersion{numbers[0], numbers[1], numbers[2]};
}

int CompareVersions(const suite::ClientVersion& a, const suite::ClientVersion& b) {
  const auto order =
      std::tie(a.major, a.minor, a.minimal) <=> std::tie(b.major, b.minor, b.minimal);
  return std::is_lt(order) ? -1 : std::is_gt(order) ? 1 : 0;
}

HeartbeatReaction ReadHeartbeat(int status, std::string_view body, const HeartbeatReport& report) {
  HeartbeatReaction reaction;
  boost::system::error_code error;
  const auto parsed = boost::json::parse(body, error);
  const auto* answer = error ? nullptr : parsed.if_object();
  if (status != kOk || answer == nullptr || TextOf(*answer, "app_id") != report.app_id) {
    return reaction;
  }
  reaction.is_accepted = true;
  reaction.forces_logs = IsTrue(*answer, "force_logs");
  reaction.stops_background_work = IsTrue(*answer, "disable_background_work");
  if (const auto* latest = Member(*answer, "latest_ccz_version")) {
    const auto version = ParseInt(TextOf(*latest, "value"));
    if (version && *version > report.app_version) {
      reaction.app = AppPrompt{*version, IsTrue(*latest, "force")};
    }
  }
  if (const auto* latest = Member(*answer, "latest_apk_version")) {
    reaction.latest_client = TextOf(*latest, "value");
    const auto version = ClientVersionOf(reaction.latest_client);
    const auto own = ClientVersionOf(report.cc_version);
    if (version && own && CompareVersions(*version, *own) > 0) {
      reaction.client = ClientPrompt{reaction.latest_client, IsTrue(*latest, "force")};
    }
  }
  return reaction;
}

bool PromptFrequency::ShowsAtLogin(bool is_forced) {
  ++logins_since;
  const int every = views < views_before_reducing ? regular : reduced;
  if (!is_forced && logins_since < every) return false;
  ++views;
  logins_since = 0;
  return true;
}

void HeartbeatSchedule::LoggedIn() {
  is_done_ = false;
  last_.reset();
}

bool HeartbeatSchedule::IsDue(Instant now) const {
  return !is_done_ && (!last_ || now - *last_ >= kAgainMicros);
}

void HeartbeatSchedule::Answered(Instant now, bool is_accepted) {
  last_ = now;
  is_done_ = is_done_ || is_accepted;
}

}  // namespace outpost::phones
