#include "services/mobile/restore/restore_route.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "domain/apps/apps.h"
#include "domain/sync/document.h"
#include "domain/sync/practice.h"
#include "http/server.h"
#include "services/mobile/phone/login_as.h"
#include "services/mobile/receiver/openrosa_reply.h"
#include "services/mobile/receiver/refusals.h"
#include "services/mobile/restore/restore_params.h"

namespace outpost::mobile {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kError = "ota_restore_error";
constexpr const char* kWrongUser = "Attempt to sync with invalid user.";
/// Slower ones, and all 412s, are logged (12.3).
constexpr std::int64_t kSlowMicros = 20'000'000;

/// For Retry-After. What no waiting lets through is worth asking again after an hour.
std::int64_t SecondsOf(std::optional<std::int64_t> wait_micros) {
  constexpr std::int64_t kHopelessSeconds = 3'600;
  return wait_micros ? *wait_micros / kMicrosPerSecond + 1 : kHopelessSeconds;
}

struct Visit {
  RestoreContext& context;
  Request& request;
  PhoneCaller caller;
  std::shared_ptr<http::Responder> responder;
  RestoreParams params;
  people::Account user;  // whose restore it is
  std::int64_t started = SteadyMicros();
};
using VisitPtr = std::shared_ptr<Visit>;

void Note(const Visit& visit, int status, std::int64_t cases) {
  const auto micros = SteadyMicros() - visit.started;
  const MetricLabel labels[] = {{"type", visit.params.since.empty() ? "restore" : "sync"},
                                {"device", visit.params.is_web_apps ? "webapps" : "other"},
                                {"status", std::to_string(status)}};
  visit.context.metrics.CounterOf("outpost.restore.count", labels).Add();
  visit.context.metrics.HistogramOf("outpost.restore.duration", {labels, 1}).ObserveMicros(micros);
  if (status != 412 && micros < kSlowMicros) return;
  Log(LogLevel::kInfo, "restore.notable",
      {{"project", visit.caller.project->name},
       {"user", visit.user.user_id},
       {"device", visit.params.device_id},
       {"since", visit.params.since},
       {"status", std::int64_t{status}},
       {"cases", cases},
       {"micros", micros}});
}

Response ReplyWith(const sync::Restored& restored) {
  Response response;
  response.body = http::GrowingBody{restored.document};
  response.headers.Add("Content-Type", "text/xml; charset=utf-8");
  response.headers.Add("Vary", "Accept-Encoding");
  if (restored.is_gzip) response.headers.Add("Content-Encoding", "gzip");
  response.may_compress = false;
  return response;
}

Response ReplyPending(const Visit& visit, std::int64_t done, std::int64_t total) {
  const auto seconds = std::to_string(kRestoreRetrySeconds);
  const std::string body =
      "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\">"
      "<message nature=\"ota_restore_pending\">Asynchronous restore under way for " +
      EscapeMarkup(sync::NameOnPhone(visit.user)) +
      "</message><Sync xmlns=\"http://commcarehq.org/sync\"><progress done=\"" +
      std::to_string(done) + "\" total=\"" + std::to_string(total) + "\" retry-after=\"" + seconds +
      "\"/></Sync></OpenRosaResponse>";
  auto response = Response::Text(202, body, "text/xml; charset=utf-8");
  response.headers.Add("Retry-After", seconds);
  return response;
}

void Send(Visit& visit, Response response, std::int64_t cases = 0) {
  Note(visit, response.status, cases);
  visit.responder->Send(std::move(response));
}

void SendRestored(Visit& visit, const sync::Restored& restored) {
  if (restored.refused) return Send(visit, OpenRosaReply(412, kError, *restored.refused));
  Send(visit, ReplyWith(restored), restored.cases);
}

void SendDeskAnswer(Visit& visit, const DeskAnswer& answer) {
  switch (answer.kind) {
    case DeskAnswer::Kind::kMade:
      return SendRestored(visit, *answer.restored);
    case DeskAnswer::Kind::kPending:
      return Send(visit, ReplyPending(visit, answer.done, answer.total));
    case DeskAnswer::Kind::kFull:
      return Send(visit, Busy(kRestoreRetrySeconds));
    case DeskAnswer::Kind::kFailed:
      return Send(visit, http::RenderProblemPlainly(visit.request, answer.failure));
  }
}

std::string OriginOf(const Visit& visit) {
  if (!visit.context.public_url.empty()) return visit.context.public_url;
  return (visit.request.is_secure ? "https://" : "http://") + visit.request.host;
}

sync::RestoreRequest RequestOf(const Visit& visit) {
  const auto& params = visit.params;
  sync::RestoreRequest request;
  request.project = visit.caller.project;
  request.user = visit.user;
  request.requested_by = visit.caller.account->user_id;
  request.version = params.version;
  request.since = params.since;
  request.state = params.state;
  request.wants_item_count = params.wants_item_count;
  request.skips_fixtures = params.skips_fixtures;
  request.accepts_gzip = params.accepts_gzip;
  request.is_web_apps = params.is_web_apps;
  request.device_id = params.device_id;
  request.app_id = params.app_id;
  if (request.project->settings.keeps_case_attachments) request.origin = OriginOf(visit);
  return request;
}

/// Steps 8 to 12 of section 4.
void Restore(const VisitPtr& visit) {
  auto request = RequestOf(*visit);
  if (!request.since.empty()) {
    auto quick = visit->context.restorer.MakeQuickly(request);
    if (!quick || !quick->refused) visit->context.desk.ForgetFirst(request);
    if (quick) return SendRestored(*visit, *quick);
  }
  visit->context.desk.Ask(
      std::move(request), visit->params.can_ask_again, visit->params.overwrites_cache,
      [visit](const DeskAnswer& answer) {
        try {
          SendDeskAnswer(*visit, answer);
        } catch (...) {
          Send(*visit, http::RenderProblemPlainly(visit->request, std::current_exception()));
        }
      });
}

void SendPractice(RestoreContext& context, Visit& visit) {
  auto document = sync::PracticeDocument(context.phone.database, context.writer, context.restorer,
                                         visit.caller.project, visit.user);
  Send(visit, Response::Text(200, std::move(document), "text/xml; charset=utf-8"));
}

/// Steps 2 to 7 of section 4.
void Decide(RestoreContext& context, Request& request, PhoneCaller caller,
            std::shared_ptr<http::Responder> responder) {
  const auto& project = *caller.project;
  if (project.is_suspended || project.stage != projects::Stage::kLive) {
    return responder->Send(Paused());
  }
  if (context.limits.Limits(project)) {
    const auto wait = context.limits.Ask(project.row, context.throttle.WorkersOf(project.row));
    if (wait != 0) return responder->Send(TooMany(SecondsOf(wait)));
  }
  auto params = ReadRestoreParams(request);
  if (const auto* wrong = std::get_if<std::string>(&params)) {
    return responder->Send(Response::Text(400, *wrong));
  }
  auto visit = std::make_shared<Visit>(Visit{context,
                                             request,
                                             std::move(caller),
                                             std::move(responder),
                                             std::move(std::get<RestoreParams>(params)),
                                             {}});
  const auto& user_id = visit->params.user_id;
  if (user_id && *user_id != visit->caller.account->user_id) {
    visit->user = *visit->caller.account;
    return Send(*visit, OpenRosaReply(412, kError, kWrongUser));
  }
  const auto& account = *visit->caller.account;
  if (account.kind == people::Kind::kMobileWorker && account.is_practice) {
    visit->user = account;
    return SendPractice(context, *visit);
  }
  auto chosen =
      ChooseUser(*context.phone.database.Read(), visit->caller, visit->params.as.value_or(""));
  visit->user = chosen.refused ? *visit->caller.account : std::move(chosen.user);
  if (chosen.refused) return Send(*visit, Response::Text(401, *chosen.refused));
  const auto& app_id = visit->params.app_id;
  if (!app_id.empty() &&
      !apps::IsKnown(*context.phone.database.Read(), visit->caller.project->row, app_id)) {
    return Send(*visit, Response::Text(404, "There is no app with this id."));
  }
  Restore(visit);
}

}  // namespace

void AddRestoreRoutes(http::Router& router, RestoreContext& context) {
  const http::RouteOptions options{"restore", http::Group::kSync, 0};
  for (const char* pattern : {"/a/{domain}/phone/restore", "/a/{domain}/phone/restore/{app}"}) {
    router.AddAsync(http::Method::kGet, pattern, options,
                    [&context](Request& request, http::Responder responder) {
                      AdmitPhone(context.phone, request, std::move(responder), {true},
                                 [&context, &request](PhoneCaller caller,
                                                      std::shared_ptr<http::Responder> answer) {
                                   Decide(context, request, std::move(caller), std::move(answer));
                                 });
                    });
  }
}

}  // namespace outpost::mobile
