#include "services/mobile/receiver/receiver.h"

#include <memory>
#include <set>
#include <utility>

#include "services/mobile/receiver/admission.h"
#include "services/mobile/receiver/demo_mode.h"
#include "services/mobile/receiver/refusals.h"
#include "services/mobile/receiver/submission_parts.h"
#include "services/mobile/receiver/success_text.h"
#include "services/mobile/receiver/visit.h"

namespace outpost::mobile {
namespace {

using http::Request;
using http::Responder;
using http::Response;

constexpr const char* kAuthTypeTold = "authtype must be one of: digest,basic,noauth,api_key,oauth2";

std::optional<std::string> HeaderText(const Request& request, std::string_view name) {
  const auto value = request.headers.Find(name);
  if (!value || value->empty()) return std::nullopt;
  return std::string(*value);
}

forms::RequestFacts FactsOf(const Visit& visit) {
  const Request& request = visit.request;
  forms::RequestFacts facts;
  facts.auth = visit.auth;
  facts.submit_ip = request.remote_address;
  facts.path = request.path;
  facts.last_sync_token = HeaderText(request, "X-CommCareHQ-LastSyncToken");
  facts.date_header = HeaderText(request, "Date");
  facts.openrosa_version = HeaderText(request, "X-OpenRosa-Version");
  facts.accept_language = HeaderText(request, "Accept-Language");
  facts.device_id = HeaderText(request, "x-openrosa-deviceid");
  facts.commcare_version = HeaderText(request, "x-openrosa-commcare-version");
  return facts;
}

/// Only an administrator, as migration and load tools are, says when a form was received.
Instant ReceivedOn(const Visit& visit) {
  if (visit.may_set_time) {
    const auto asked = visit.request.headers.Find("X-Submit-Time");
    const auto at = asked ? ParseDateTime(*asked) : std::nullopt;
    if (at) return *at;
  }
  return visit.request.received_on;
}

intake::Submission SubmissionOf(const Visit& visit, SubmissionParts parts) {
  intake::Submission submission;
  submission.project = visit.project;
  submission.xml = std::move(parts.xml);
  submission.request = FactsOf(visit);
  if (visit.app_id && visit.project != nullptr) {
    auto meant = visit.context.builds.Find(visit.project->row, *visit.app_id);
    submission.app_id = std::move(meant.app_id);
    submission.build_id = std::move(meant.build_id);
  }
  submission.received_on = ReceivedOn(visit);
  for (auto& part : parts.attachments) {
    const auto& body = visit.request.body;
    auto blob =
        body.in_memory()
            ? visit.context.intake.blobs().Prepare(body.bytes().substr(
                  static_cast<std::size_t>(part.offset), static_cast<std::size_t>(part.length)))
            : visit.context.intake.blobs().Prepare(body.file(), part.offset, part.length);
    submission.attachments.push_back(
        {std::move(part.name), std::move(part.content_type), std::move(blob)});
  }
  return submission;
}

/// Cases that the form touches.
std::int64_t CountCases(const intake::ParsedSubmission& parsed) {
  std::set<std::string_view> ids;
  for (const auto& block : parsed.found.blocks) ids.insert(block.case_id);
  for (const auto& movement : parsed.ledgers.movements) ids.insert(movement.key.case_id);
  return static_cast<std::int64_t>(ids.size());
}

void HandIn(const VisitPtr& visit, intake::ParsedSubmission parsed) {
  SuccessTone tone;  // older clients compare the check mark
  if (IsVersion3(visit->request)) tone = ToneFor(parsed, visit->context.database);
  parsed.wants_affected_cases = tone.is_web_entry;
  const auto cases = CountCases(parsed);
  const auto then = [visit, cases, tone = std::move(tone)](const intake::Receipt& receipt,
                                                           const std::exception_ptr& failure) {
    if (failure) return Answer(*visit, ReplyToFailure(visit->request, failure));
    if (receipt.outcome == intake::Outcome::kProcessed) {
      visit->context.throttle.CountCases(*visit->project, cases);
    }
    Answer(*visit, ReplyTo(receipt, DialectOf(*visit), SuccessText(tone, receipt)));
  };
  visit->context.intake.Receive(std::move(parsed), then);
}

/// A device report (step P12). What the policy does not keep is acknowledged too: the phone deletes
/// its copy instead of sending it for ever.
void TakeReport(const VisitPtr& visit, intake::ParsedSubmission parsed) {
  using Verdict = device_logs::Gate::Verdict;
  visit->submission_type = "device_log";
  auto& report = *parsed.report;
  const bool is_forced = visit->request.QueryValue("force_logs") == "true";
  const auto verdict = visit->context.device_logs.Judge(visit->project->row, report.length,
                                                        is_forced, visit->context.clock.Now());
  if (verdict != Verdict::kKept) {
    const MetricLabel why[] = {
        {"reason", verdict == Verdict::kUnwanted ? "unwanted" : "over_daily_limit"}};
    visit->context.metrics.CounterOf("outpost.device_logs.dropped", why).Add();
    const std::string& id = parsed.identity.form_id;
    const intake::Receipt receipt{intake::Outcome::kProcessed, id, id, {}};
    return Answer(*visit, ReplyTo(receipt, DialectOf(*visit), kSuccessText));
  }
  if (is_forced && visit->account) report.answers_request_of = visit->account->row;
  HandIn(visit, std::move(parsed));
}

Response Ignored() { return OpenRosaReply(201, kSubmitSuccess, kIgnoredText); }

/// The end of a form that is not to be taken, in the order of the pipeline; empty for all others.
std::optional<Response> RefuseByContent(const Visit& visit,
                                        const intake::ParsedSubmission& parsed) {
  const auto& settings = visit.project->settings;
  sql::Database& database = visit.context.database;
  if (!parsed.malformed) {
    const bool is_demo_mode = IsDemoMode(visit.request);
    const bool needs_waiver = visit.auth.kind == forms::AuthContext::Kind::kWaived;
    // What practice mode may not do it may not do without credentials either, but its phone must
    // be able to go on.
    if (needs_waiver && !MayComeWithoutCredentials(parsed, database)) {
      return is_demo_mode ? Ignored() : Response::Text(403, "");
    }
    if (settings.ignores_practice_users && IsFromPracticeWorker(parsed, database)) {
      return Ignored();
    }
    if (is_demo_mode && !IsFromDemoUser(parsed)) return Ignored();
  }
  if (settings.blocks_submissions) return Blocked();
  if (!parsed.malformed && parsed.identity.xmlns == forms::kSystemActionXmlns) {
    return Response::Text(403, "Only the server itself may submit such forms.");
  }
  return std::nullopt;
}

/// Steps P4 to P12 of the pipeline, once it is known who is asking.
void ReadForm(const VisitPtr& visit) {
  visit->context.intake.RequireRoom();  // before files are written
  auto split = SplitSubmission(visit->request);
  if (const auto* refusal = std::get_if<Refusal>(&split)) {
    const bool is_phone = IsVersion3(visit->request) && visit->auth.is_authenticated;
    return Answer(*visit, ReplyToRefusal(*refusal, is_phone));
  }
  auto parsed = visit->context.intake.ParseForm(
      SubmissionOf(*visit, std::move(std::get<SubmissionParts>(split))));
  if (auto refused = RefuseByContent(*visit, parsed)) return Answer(*visit, std::move(*refused));
  if (parsed.report) return TakeReport(visit, std::move(parsed));
  HandIn(visit, std::move(parsed));
}

/// Step P3. Who has to wait keeps no worker busy.
void AwaitTurn(const VisitPtr& visit) {
  visit->context.throttle.Enter(
      *visit->project, [visit] { Guarded(visit, [&] { ReadForm(visit); }); },
      [visit](std::int64_t seconds) { Answer(*visit, TooMany(seconds)); });
}

/// Step P1 and the choice of authentication.
void Receive(ReceiverContext& context, Endpoint endpoint, Request& request, Responder responder) {
  const std::string& domain = request.captures.at(0);
  auto visit = std::make_shared<Visit>(context, request, std::move(responder), endpoint);
  visit->project = context.projects.Find(domain);
  if (request.captures.size() > 1) visit->app_id = request.captures[1];
  if (visit->project == nullptr) {
    const bool is_open = endpoint == Endpoint::kOpen;
    return Answer(*visit, Response::Text(is_open ? 400 : 404, "No domain with name " + domain));
  }
  if (visit->project->is_suspended || visit->project->stage == projects::Stage::kFrozen) {
    return Answer(*visit, Paused());
  }
  const auto auth_type = ChooseAuthType(request);
  if (!auth_type) return Answer(*visit, Response::Text(400, kAuthTypeTold));
  visit->auth_type = *auth_type;
  Guarded(visit, [&] { Authenticate(visit, AwaitTurn); });
}

/// What ODK-style clients ask before they send: the same for every project space, known or not.
Response TellLimits(const Request&) {
  Response response = Response::Text(204, "");
  response.headers.Add("X-OpenRosa-Version", "1.0");
  response.headers.Add("X-OpenRosa-Accept-Content-Length",
                       std::to_string(intake::kFormXmlBytesMax));
  return response;
}

}  // namespace

void AddReceiverRoutes(http::Router& router, ReceiverContext& context) {
  const http::RouteOptions options{"receiver", http::Group::kMobile, kSubmissionBytesMax};
  const auto add = [&](std::string_view pattern, Endpoint endpoint) {
    router.AddAsync(http::Method::kPost, pattern, options,
                    [&context, endpoint](Request& request, Responder responder) {
                      Receive(context, endpoint, request, std::move(responder));
                    });
    router.Add(http::Method::kHead, pattern, options, TellLimits);
  };
  add("/a/{domain}/receiver/api", Endpoint::kApi);
  add("/a/{domain}/receiver/submission", Endpoint::kOpen);
  add("/a/{domain}/receiver/secure", Endpoint::kSecure);
  add("/a/{domain}/receiver/secure/{app}", Endpoint::kSecure);
  add("/a/{domain}/receiver", Endpoint::kOpen);
  add("/a/{domain}/receiver/{app}", Endpoint::kOpen);
}

}  // namespace outpost::mobile
