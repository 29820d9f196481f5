#include "services/mobile/receiver/receiver.h"

#include <memory>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "domain/people/access.h"
#include "services/mobile/receiver/auth_choice.h"
#include "services/mobile/receiver/demo_mode.h"
#include "services/mobile/receiver/openrosa_reply.h"
#include "services/mobile/receiver/submission_parts.h"

namespace outpost::mobile {
namespace {

using http::Request;
using http::Responder;
using http::Response;

/// Which of the receiver's paths was called (submission document 1).
enum class Endpoint : std::uint8_t { kOpen, kSecure, kApi };

constexpr const char* kAuthTypeTold = "authtype must be one of: digest,basic,noauth,api_key,oauth2";
constexpr const char* kPausedTold = "Service Temporarily Unavailable";

/// One submission on its way; lives until it is answered.
struct Visit {
  Visit(ReceiverContext& c, Request& r, Responder answer, Endpoint called)
      : context(c), request(r), responder(std::move(answer)), endpoint(called) {}

  ReceiverContext& context;
  Request& request;
  Responder responder;
  Endpoint endpoint;
  std::shared_ptr<const projects::Project> project;
  std::optional<std::string> app_id;
  AuthType auth_type = AuthType::kBasic;
  forms::AuthContext auth;
  std::shared_ptr<const people::Account> account;  // who signed in; may be null
  bool may_set_time = false;
  const char* submission_type = "normal";  // in metrics
  std::int64_t started = SteadyMicros();
};
using VisitPtr = std::shared_ptr<Visit>;

bool IsVersion3(const Request& request) {
  return request.headers.Find("X-OpenRosa-Version") == "3.0";
}

std::optional<std::string> HeaderText(const Request& request, std::string_view name) {
  const auto value = request.headers.Find(name);
  if (!value || value->empty()) return std::nullopt;
  return std::string(*value);
}

void Answer(Visit& visit, Response response) {
  const MetricLabel labels[] = {{"status_code", std::to_string(response.status)},
                                {"submission_type", visit.submission_type}};
  visit.context.metrics.CounterOf("commcare.xform_submissions.count", labels).Add();
  visit.context.metrics.HistogramOf("commcare.xform_submissions.duration.seconds", labels)
      .ObserveMicros(SteadyMicros() - visit.started);
  visit.responder.Send(std::move(response));
}

Response Paused() {
  auto response = Response::Text(503, kPausedTold);
  response.headers.Add("Retry-After", std::to_string(kRetryAfterSeconds));
  return response;
}

Response Busy(std::int64_t retry_after_seconds) {
  auto response = Response::Text(503, "The server is busy. Please try again.");
  response.headers.Add("Retry-After",
                       std::to_string(std::max<std::int64_t>(1, retry_after_seconds)));
  return response;
}

/// What a failure inside the writer or below becomes. Nothing of the form was stored.
Response ReplyToFailure(const Request& request, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Problem& problem) {
    if (problem.kind() == ProblemKind::kPaused) return Paused();
    if (problem.kind() == ProblemKind::kBusy) return Busy(1);
    return Response::Text(HttpStatusOf(problem.kind()), problem.told());
  } catch (const sql::SqlError& error) {
    Log(LogLevel::kError, "receiver.storage_failed",
        {{"request", request.id}, {"error", error.what()}});
    const bool is_full = error.cause() == sql::SqlError::Cause::kDiskFull;
    if (!is_full) return Response::Text(500, "The form could not be stored. Please try again.");
    auto response = Response::Text(503, "The server's disk is full. Please try again later.");
    response.headers.Add("Retry-After", std::to_string(kRetryAfterSeconds));
    return response;
  } catch (const std::exception& error) {
    Log(LogLevel::kError, "receiver.failed", {{"request", request.id}, {"error", error.what()}});
    return Response::Text(500, "The form could not be stored. Please try again.");
  }
}

/// Refusals before parsing. A phone whose form can never be taken gets 422 so that it sets the
/// form aside instead of blocking its queue for ever; API clients keep the original codes.
Response ReplyToRefusal(const Visit& visit, const Refusal& refusal) {
  const bool is_phone = IsVersion3(visit.request) && visit.auth.is_authenticated;
  const bool is_hopeless = refusal.status == 413;
  if (refusal.is_envelope || (is_phone && is_hopeless)) {
    return OpenRosaReply(422, kProcessingFailure, refusal.text);
  }
  return Response::Text(refusal.status, refusal.text);
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
  submission.app_id = visit.app_id;
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

Dialect DialectOf(const Visit& visit) {
  std::string location = visit.context.public_url;
  if (location.empty()) {
    location = (visit.request.is_secure ? "https://" : "http://") + visit.request.host;
  }
  return {IsVersion3(visit.request), std::move(location)};
}

std::string_view SuccessText(const intake::ParsedSubmission& parsed) {
  return parsed.identity.device_id == "Formplayer" ? "Form successfully saved!" : kSuccessText;
}

void HandIn(const VisitPtr& visit, intake::ParsedSubmission parsed) {
  const std::string success(SuccessText(parsed));
  visit->context.intake.Receive(std::move(parsed), [visit, success](const intake::Receipt& receipt,
                                                                    std::exception_ptr failure) {
    Answer(*visit, failure ? ReplyToFailure(visit->request, failure)
                           : ReplyTo(receipt, DialectOf(*visit), success));
  });
}

/// A device report (step P12). What the policy does not keep is acknowledged too: the phone deletes
/// its copy instead of sending it for ever.
void TakeReport(const VisitPtr& visit, intake::ParsedSubmission parsed) {
  using Verdict = device_logs::Gate::Verdict;
  visit->submission_type = "device_log";
  auto& report = *parsed.report;
  const std::int64_t project = visit->project->row;
  const bool is_forced = visit->request.QueryValue("force_logs") == "true";
  const auto verdict = visit->context.device_logs.Judge(project, report.length, is_forced,
                                                        visit->context.clock.Now());
  if (verdict != Verdict::kKept) {
    const MetricLabel why[] = {
        {"reason", verdict == Verdict::kUnwanted ? "unwanted" : "over_daily_limit"}};
    visit->context.metrics.CounterOf("outpost.device_logs.dropped", why).Add();
    const std::string& id = parsed.identity.form_id;
    return Answer(*visit, ReplyTo({intake::Outcome::kProcessed, id, id, {}}, DialectOf(*visit),
                                  kSuccessText));
  }
  if (is_forced && visit->account) report.answers_request_of = visit->account->row;
  HandIn(visit, std::move(parsed));
}

/// Steps P4 to P12 of the pipeline, once it is known who is asking.
void ReadForm(const VisitPtr& visit) {
  auto split = SplitSubmission(visit->request);
  if (const auto* refusal = std::get_if<Refusal>(&split)) {
    return Answer(*visit, ReplyToRefusal(*visit, *refusal));
  }
  auto parsed = visit->context.intake.ParseForm(
      SubmissionOf(*visit, std::move(std::get<SubmissionParts>(split))));
  const bool is_demo_mode = IsDemoMode(visit->request);
  const bool needs_waiver = visit->auth.kind == forms::AuthContext::Kind::kWaived;
  if (needs_waiver && !parsed.malformed && !is_demo_mode &&
      !MayComeWithoutCredentials(parsed, visit->context.database)) {
    return Answer(*visit, Response::Text(403, ""));
  }
  if (is_demo_mode && !parsed.malformed && !IsFromDemoUser(parsed)) {
    return Answer(*visit, OpenRosaReply(201, kSubmitSuccess, kIgnoredText));
  }
  if (!parsed.malformed && parsed.identity.xmlns == forms::kSystemActionXmlns) {
    return Answer(*visit, Response::Text(403, "Only the server itself may submit such forms."));
  }
  if (parsed.report) return TakeReport(visit, std::move(parsed));
  HandIn(visit, std::move(parsed));
}

Response Unauthorized(Visit& visit, bool is_stale) {
  auto response = Response::Text(401,
                                 "Please sign in with a user name and password of this "
                                 "project space.");
  const bool wants_digest =
      visit.auth_type == AuthType::kDigest || visit.endpoint == Endpoint::kApi;
  response.headers.Add("WWW-Authenticate",
                       wants_digest ? visit.context.authenticator.digest().Challenge(is_stale)
                                    : http::BasicChallenge(""));
  return response;
}

/// The 406 that phones show; texts by code for phones without a translation.
Response Gone(const std::string& code) {
  const bool is_deleted = code == "user.deleted";
  return Response::Json(
      406, R"({"error": ")" + code + R"(", "default_response": ")" +
               (is_deleted ? "This account was deleted." : "This account was deactivated.") +
               " Please ask your supervisor.\"}");
}

/// The account may submit here: it belongs to the project and has what the endpoint asks for.
std::optional<Response> CheckRights(Visit& visit, const people::SignedIn& who) {
  const auto connection = visit.context.database.Read();
  const auto access = people::AccessOf(*connection, *who.account, visit.project->row);
  if (!access.is_member && !access.is_admin) return Unauthorized(visit, false);
  const bool is_api = visit.endpoint == Endpoint::kApi || visit.auth_type == AuthType::kApiKey;
  if (is_api && !(access.May("edit_data") && access.May("access_api"))) {
    return Response::Text(403, "");
  }
  visit.may_set_time = who.account->is_superuser;
  return std::nullopt;
}

void Admit(const VisitPtr& visit, const people::SignedIn& who) {
  switch (who.verdict) {
    case people::Verdict::kRight:
      break;
    case people::Verdict::kGone:
      return Answer(*visit, Gone(who.gone_code));
    case people::Verdict::kBusy:
      return Answer(*visit, Busy(who.retry_after_seconds));
    case people::Verdict::kStale:
      return Answer(*visit, Unauthorized(*visit, true));
    case people::Verdict::kNone:
    case people::Verdict::kWrong:
      return Answer(*visit, Unauthorized(*visit, false));
  }
  if (auto refused = CheckRights(*visit, who)) return Answer(*visit, std::move(*refused));
  visit->auth.is_authenticated = true;
  visit->auth.user_id = who.account->user_id;
  visit->account = who.account;
  ReadForm(visit);
}

people::Allowed AllowedFor(const Visit& visit) {
  people::Allowed allowed;
  if (visit.endpoint == Endpoint::kApi) {
    allowed.basic = allowed.digest = allowed.api_key = allowed.session = true;
    allowed.api_key_in_query = allowed.api_key_as_password = true;
    return allowed;
  }
  allowed.basic = visit.auth_type == AuthType::kBasic;
  allowed.digest = visit.auth_type == AuthType::kDigest;
  allowed.session = allowed.basic || allowed.digest;
  allowed.api_key = visit.auth_type == AuthType::kApiKey;
  allowed.api_key_in_query = allowed.api_key;
  return allowed;
}

/// Runs a step that may throw, on whatever thread; a failure is answered, never lost.
template <class Step>
void Guarded(const VisitPtr& visit, const Step& step) {
  try {
    step();
  } catch (...) {
    Answer(*visit, ReplyToFailure(visit->request, std::current_exception()));
  }
}

void Authenticate(const VisitPtr& visit) {
  const bool waived = visit->auth_type == AuthType::kNone && visit->endpoint != Endpoint::kApi;
  const bool open = visit->endpoint == Endpoint::kOpen && !visit->project->is_secure;
  if (waived && !open) visit->auth.kind = forms::AuthContext::Kind::kWaived;
  if (waived || open) return ReadForm(visit);
  visit->context.authenticator.Identify(
      visit->request, visit->project.get(), AllowedFor(*visit),
      [visit](const people::SignedIn& who) { Guarded(visit, [&] { Admit(visit, who); }); });
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
  Guarded(visit, [&] { Authenticate(visit); });
}

}  // namespace

void AddReceiverRoutes(http::Router& router, ReceiverContext& context) {
  const http::RouteOptions options{"receiver", http::Group::kMobile, kSubmissionBytesMax};
  const auto add = [&](std::string_view pattern, Endpoint endpoint) {
    router.AddAsync(http::Method::kPost, pattern, options,
                    [&context, endpoint](Request& request, Responder responder) {
                      Receive(context, endpoint, request, std::move(responder));
                    });
  };
  add("/a/{domain}/receiver/api", Endpoint::kApi);
  add("/a/{domain}/receiver/submission", Endpoint::kOpen);
  add("/a/{domain}/receiver/secure", Endpoint::kSecure);
  add("/a/{domain}/receiver/secure/{app}", Endpoint::kSecure);
  add("/a/{domain}/receiver", Endpoint::kOpen);
  add("/a/{domain}/receiver/{app}", Endpoint::kOpen);
}

}  // namespace outpost::mobile
