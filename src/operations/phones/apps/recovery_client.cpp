#include "operations/phones/apps/recovery_client.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "operations/phones/apps/heartbeat_client.h"

namespace outpost::phones {
namespace {

using boost::json::object;

constexpr std::pair<std::string_view, MeasureKind> kKinds[] = {
    {"app_update", MeasureKind::kAppUpdate},
    {"app_reinstall_and_update", MeasureKind::kAppReinstall},
    {"app_offline_reinstall_and_update", MeasureKind::kAppOfflineReinstall},
    {"cc_update", MeasureKind::kClientUpdate},
    {"cc_reinstall", MeasureKind::kClientReinstall}};

std::optional<std::int64_t> Number(const object& from, const char* key) {
  const auto* value = from.if_contains(key);
  if (value == nullptr || !value->is_int64()) return std::nullopt;
  return value->as_int64();
}

std::string Text(const object& from, const char* key) {
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

/// Whether the installation is meant: inside every range that is given, of which one must be.
bool IsMeant(const object& measure, const RecoverySituation& here) {
  const auto app_min = Number(measure, "app_version_min");
  const auto app_max = Number(measure, "app_version_max");
  const auto client_min = ClientVersionOf(Text(measure, "cc_version_min"));
  const auto client_max = ClientVersionOf(Text(measure, "cc_version_max"));
  const bool has_app = app_min && app_max, has_client = client_min && client_max;
  if (!has_app && !has_client) return false;
  if (has_app && (here.app_version < *app_min || here.app_version > *app_max)) return false;
  return !has_client || (CompareVersions(here.client, *client_min) >= 0 &&
                         CompareVersions(here.client, *client_max) <= 0);
}

struct Latest {
  suite::ClientVersion client;
  std::int64_t app = 0;
};

std::optional<Measure> ReadOne(const object& listed, const Latest& latest,
                               const RecoverySituation& here) {
  const auto number = Number(listed, "sequence_number");
  const auto type = Text(listed, "type");
  const auto* kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const auto& known) { return known.first == type; });
  if (!number || *number <= here.last_number || kind == std::end(kKinds)) return std::nullopt;
  if (!IsMeant(listed, here)) return std::nullopt;
  const bool has_app = here.app_version >= latest.app;
  const bool has_client = CompareVersions(here.client, latest.client) >= 0;
  if (kind->second == MeasureKind::kAppUpdate && has_app) return std::nullopt;
  if (kind->second == MeasureKind::kClientUpdate && has_client) return std::nullopt;
  return Measure{*number, kind->second};
}

}  // namespace

RecoveryReading ReadMeasures(int status, std::string_view body, const RecoverySituation& here) {
  RecoveryReading reading;
  boost::system::error_code error;
  const auto parsed = boost::json::parse(body, error);
  const auto* answer = error ? nullptr : parsed.if_object();
  if (status != 200 || answer == nullptr || Text(*answer, "app_id") != here.app_id) return reading;
  const auto client = ClientVersionOf(Text(*answer, "latest_apk_version"));
  const auto app = Number(*answer, "latest_ccz_version");
  const auto* listed = answer->if_contains("recovery_measures");
  if (!client || !app || listed == nullptr || !listed->is_array()) return reading;
  reading.is_accepted = true;
  for (const auto& one : listed->as_array()) {
    if (!one.is_object()) continue;
    if (const auto measure = ReadOne(one.as_object(), {*client, *app}, here)) {
      reading.queued.push_back(*measure);
    }
  }
  std::sort(reading.queued.begin(), reading.queued.end(),
            [](const Measure& a, const Measure& b) { return a.number < b.number; });
  return reading;
}

}  // namespace outpost::phones
