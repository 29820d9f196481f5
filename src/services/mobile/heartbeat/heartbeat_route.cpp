#include "services/mobile/heartbeat/heartbeat_route.h"

#include <optional>

#include "base/text.h"
#include "domain/apps/heartbeats.h"
#include "domain/device_logs/report_store.h"
#include "format/json/writer.h"
#include "services/mobile/apps/choose_build.h"

namespace outpost::mobile {
namespace {

using http::Request;
using http::Response;

std::int64_t Number(const Request& request, std::string_view name) {
  return ParseInt(request.QueryValue(name).value_or("")).value_or(0);
}

apps::Heartbeat ReadHeartbeat(const Request& request, const PhoneCaller& caller, Instant now) {
  const auto text = [&](std::string_view name) {
    return std::string(request.QueryValue(name).value_or(""));
  };
  apps::Heartbeat heartbeat;
  heartbeat.account = caller.account->row;
  heartbeat.app_id = text("app_id");
  heartbeat.device_id = text("device_id");
  heartbeat.reported_on = now;
  heartbeat.build_id = request.captures.size() > 1 ? request.captures[1] : std::string();
  heartbeat.app_version = Number(request, "app_version");
  heartbeat.build_profile = text("build_profile_id");
  heartbeat.client_version = text("cc_version");
  heartbeat.unsent_forms = Number(request, "num_unsent_forms");
  heartbeat.quarantined_forms = Number(request, "num_quarantined_forms");
  heartbeat.drift_hours = Number(request, "current_drift");
  heartbeat.last_sync_on = ParseDateTime(text("last_sync_time")).value_or(Instant{});
  heartbeat.push_token = text("fcm_token");
  return heartbeat;
}

/// The app that is meant: by its own id, else by the id in the address.
std::optional<apps::Named> FindMeant(sql::Connection& connection, std::int64_t project,
                                     std::string_view app_id, std::string_view address_id) {
  for (const auto id : {app_id, address_id}) {
    if (id.empty()) continue;
    if (auto named = apps::FindNamed(connection, project, id)) return named;
  }
  return std::nullopt;
}

/// {} where phones are told of no newer version.
void AppendVersion(json::Writer& out, std::string_view key, apps::Prompt prompt,
                   const std::optional<std::string>& value) {
  out.Key(key);
  out.BeginObject();
  if (prompt != apps::Prompt::kOff && value) {
    out.Key("value");
    out.Raw(*value);
    out.Member("force", prompt == apps::Prompt::kForced);
  }
  out.EndObject();
}

std::optional<std::string> Quoted(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::string quoted;
  json::AppendString(quoted, text);
  return quoted;
}

std::optional<std::int64_t> PromptedVersion(const apps::App& app,
                                            const std::optional<apps::Build>& newest) {
  if (app.settings.prompted_version) return app.settings.prompted_version;
  if (newest && newest->is_released) return newest->version;
  return std::nullopt;
}

struct Told {
  apps::App app;
  std::optional<apps::Build> newest;
  bool wants_logs = false;
};

Response AnswerHeartbeat(const Told& told, std::string_view app_id) {
  const auto& settings = told.app.settings;
  const auto version = PromptedVersion(told.app, told.newest);
  std::string body;
  json::Writer out(body);
  out.BeginObject();
  out.Member("app_id", app_id);
  AppendVersion(out, "latest_apk_version", settings.client_prompt, Quoted(settings.client_version));
  AppendVersion(out, "latest_ccz_version", settings.app_prompt,
                version ? std::optional(std::to_string(*version)) : std::nullopt);
  out.Member("force_logs", told.wants_logs);
  out.Member("disable_background_work", false);
  out.EndObject();
  return Response::Json(200, std::move(body));
}

Response Heartbeat(AppContext& context, const Request& request, const PhoneCaller& caller) {
  auto heartbeat = ReadHeartbeat(request, caller, context.clock.Now());
  Told told;
  {
    const auto lease = context.phone.database.Read();
    const auto project = caller.project->row;
    auto named = FindMeant(*lease, project, heartbeat.app_id, heartbeat.build_id);
    if (!named) return Response::Json(404, R"({"error": "There is no such app."})");
    told.newest = NewestFor(context, *lease, *caller.project, {named->app, std::nullopt},
                            caller.account->username);
    told.app = std::move(named->app);
    told.wants_logs = device_logs::IsRequested(*lease, project, caller.account->row);
  }
  // Phones take an answer only for the app that they asked about.
  const std::string app_id = heartbeat.app_id.empty() ? told.app.app_id : heartbeat.app_id;
  heartbeat.app_id = told.app.app_id;
  context.writer.Run(caller.project->row, [&](sql::Batch& batch) {
    apps::RecordHeartbeat(batch, caller.project->row, heartbeat);
  });
  return AnswerHeartbeat(told, app_id);
}

Response RecoveryMeasures(AppContext& context, const Request& request) {
  const auto project = ProjectOf(context, request);
  const auto lease = context.phone.database.Read();
  const auto asked = request.QueryValue("app_id").value_or("");
  const auto named = FindMeant(*lease, project->row, asked, request.captures[1]);
  if (!named) return Response::Json(404, R"({"error": "There is no such app."})");
  const auto& settings = named->app.settings;
  const auto newest = apps::NewestBuild(*lease, named->app, true);
  std::string body;
  json::Writer out(body);
  out.BeginObject();
  out.Member("app_id", asked.empty() ? std::string_view(named->app.app_id) : asked);
  out.Member("latest_apk_version",
             settings.client_version.empty() ? std::string_view("0.0.0") : settings.client_version);
  out.Member("latest_ccz_version", PromptedVersion(named->app, newest).value_or(0));
  out.Key("recovery_measures");
  out.Raw(apps::RenderRecoveryMeasures(settings.recovery_measures));
  out.EndObject();
  return Response::Json(200, std::move(body));
}

}  // namespace

void AddHeartbeatRoutes(http::Router& router, AppContext& context) {
  const auto heartbeat = [&context](Request& request, http::Responder responder) {
    AdmitPhone(context.phone, request, std::move(responder), {},
               [&context, &request](const PhoneCaller& caller,
                                    const std::shared_ptr<http::Responder>& waiting) {
                 waiting->Send(Heartbeat(context, request, caller));
               });
  };
  for (const auto pattern : {"/a/{domain}/phone/heartbeat/{id}", "/a/{domain}/phone/heartbeat"}) {
    router.AddAsync(http::Method::kGet, pattern, {"heartbeat", http::Group::kMobile, 0}, heartbeat);
  }
  router.Add(http::Method::kGet, "/a/{domain}/phone/recovery_measures/{id}",
             {"recovery-measures", http::Group::kMobile, 0},
             [&context](Request& request) { return RecoveryMeasures(context, request); });
}

}  // namespace outpost::mobile
