#include "operations/phones/phone.h"

#include "base/problem.h"
#include "base/text.h"
#include "operations/phones/purge.h"
#include "operations/phones/state_hash.h"

namespace outpost::phones {
namespace {

constexpr std::string_view kBoundary = "0f6c27f1-5b0a-4a53-9a46-3d8b72e4c910";

bool IsSuccess(int status) { return status >= 200 && status < 300; }

/// A positive whole number of seconds; a date or zero breaks phones.
std::optional<std::int64_t> RetryAfterOf(const Answer& answer) {
  const auto value = answer.headers.Find("Retry-After");
  const auto seconds = value ? ParseInt(*value) : std::nullopt;
  return seconds && *seconds > 0 ? seconds : std::nullopt;
}

/// The value of a member of a flat JSON object, as far as 406 bodies need it.
std::string MemberIn(std::string_view json, std::string_view name) {
  const auto key = json.find('"' + std::string(name) + '"');
  if (key == std::string_view::npos) return {};
  const auto open = json.find('"', json.find(':', key));
  if (open == std::string_view::npos) return {};
  const auto close = json.find('"', open + 1);
  return close == std::string_view::npos ? std::string()
                                         : std::string(json.substr(open + 1, close - open - 1));
}

/// What the phone shows for a 406: the default text, or the body where that is not as agreed.
std::string ShownFor(const Answer& answer) {
  const auto text = MemberIn(answer.body, "default_response");
  const bool is_agreed = !text.empty() && !MemberIn(answer.body, "error").empty();
  return is_agreed ? text : answer.body;
}

SyncResult ResultFor(int status) {
  switch (status) {
    case 401:
      return SyncResult::kPasswordChanged;
    case 406:
      return SyncResult::kActionable;
    case 429:
    case 503:
      return SyncResult::kUnavailable;
    case 500:
      return SyncResult::kServerError;
    default:
      return SyncResult::kUnknownFailure;
  }
}

void AppendParameter(std::string& target, std::string_view name, std::string_view value) {
  target += target.find('?') == std::string::npos ? '?' : '&';
  target.append(name).append("=").append(PercentEncode(value));
}

}  // namespace

Phone::Phone(PhoneSettings settings, PhoneDoors doors)
    : settings_(std::move(settings)), doors_(std::move(doors)) {}

http::Headers Phone::CommonHeaders() const {
  http::Headers headers;
  headers.Add("Authorization", "Basic " + Base64Of(settings_.username + ":" + settings_.password));
  headers.Add("X-OpenRosa-Version", "3.0");
  if (!store_.sync_token.empty()) {
    headers.Add("X-CommCareHQ-LastSyncToken", store_.sync_token);
  }
  headers.Add("x-openrosa-deviceid", settings_.device_id);
  return headers;
}

Request Phone::RestoreRequest(Mode mode) const {
  Request request;
  request.target = "/a/" + settings_.project + "/phone/restore/";
  if (!settings_.app_id.empty()) request.target += settings_.app_id + "/";
  AppendParameter(request.target, "version", "2.0");
  AppendParameter(request.target, "device_id", settings_.device_id);
  if (!store_.user_id.empty()) AppendParameter(request.target, "user_id", store_.user_id);
  if (mode == Mode::kSync && !store_.sync_token.empty()) {
    AppendParameter(request.target, "since", store_.sync_token);
    AppendParameter(request.target, "state", StateParameter(store_.cases));
  }
  AppendParameter(request.target, "items", "true");
  request.headers = CommonHeaders();
  return request;
}

bool Phone::ReadDate(const Answer& answer) {
  const auto date = answer.headers.Find("Date");
  if (!date) return false;
  if (const auto at = ParseHttpDate(*date)) drift_micros_ = *at - doors_.clock.Now();
  return true;
}

std::optional<Answer> Phone::AwaitRestore(const Request& request, std::optional<Answer> answer,
                                          SyncOutcome& outcome) {
  for (int asked = 0; asked < kPendingAnswersMax; ++asked) {
    if (!answer) {
      outcome.result = SyncResult::kLost;
      return std::nullopt;
    }
    outcome.status = answer->status;
    if (!ReadDate(*answer)) {
      outcome.result = SyncResult::kUnknownFailure;
      outcome.why = "an answer without Date";
      return std::nullopt;
    }
    if (answer->status != 202) return answer;
    const auto pending = ReadPending(answer->body);
    const auto seconds = RetryAfterOf(*answer);
    if (!pending || !seconds) break;
    outcome.pending.push_back(*pending);
    doors_.wait(*seconds);
    answer = doors_.exchange.Send(request);
  }
  outcome.result = SyncResult::kBadData;
  outcome.why = "a 202 that cannot be read, or too many of them";
  return std::nullopt;
}

void Phone::Accept(const Answer& answer, bool replaces_cases, SyncOutcome& outcome) {
  outcome.restore =
      ApplyRestore(answer.body, store_, {.keep = settings_.keep, .replaces_cases = replaces_cases});
  if (outcome.restore.is_accepted) {
    outcome.result = replaces_cases ? SyncResult::kRecovered : SyncResult::kDone;
  } else {
    outcome.result = replaces_cases ? SyncResult::kRecoveryFailed : SyncResult::kBadData;
    outcome.why = outcome.restore.refusal;
  }
}

void Phone::Recover(SyncOutcome& outcome) {
  const auto request = RestoreRequest(Mode::kRecovery);
  const auto answer = AwaitRestore(request, doors_.exchange.Send(request), outcome);
  if (answer && IsSuccess(answer->status)) return Accept(*answer, true, outcome);
  outcome.result = SyncResult::kRecoveryFailed;
  if (outcome.why.empty()) outcome.why = "error trying to recover";
}

void Phone::Finish(const Request& request, std::optional<Answer> first, SyncOutcome& outcome) {
  const auto answer = AwaitRestore(request, std::move(first), outcome);
  if (!answer) return;
  if (answer->status == 200) return Accept(*answer, false, outcome);
  if (answer->status == 412) {
    outcome.was_412 = true;
    return Recover(outcome);
  }
  outcome.result = ResultFor(answer->status);
  outcome.why = answer->status == 406 ? ShownFor(*answer) : answer->body;
}

bool Phone::PurgeFirst(SyncOutcome& outcome) {
  auto purged = Purge(store_);
  outcome.had_cycle = purged.has_cycle;
  outcome.purged = std::move(purged.removed);
  return !outcome.had_cycle;
}

SyncOutcome Phone::Pull(Mode mode) {
  SyncOutcome outcome;
  if (mode == Mode::kSync && !PurgeFirst(outcome)) {
    Recover(outcome);
    return outcome;
  }
  const auto request = RestoreRequest(mode);
  Finish(request, doors_.exchange.Send(request), outcome);
  return outcome;
}

SyncOutcome Phone::LoginPull() { return Pull(Mode::kLogin); }
SyncOutcome Phone::Sync() { return Pull(Mode::kSync); }

std::pair<SyncOutcome, std::optional<Answer>> Phone::SyncDuring(const PhoneForm& form) {
  OUTPOST_CHECK(queue_.empty());
  SyncOutcome outcome;
  if (!PurgeFirst(outcome)) {
    Recover(outcome);
    return {std::move(outcome), std::nullopt};
  }
  const auto request = RestoreRequest(Mode::kSync);
  if (auto why = Fill(form)) {
    Finish(request, doors_.exchange.Send(request), outcome);
    return {std::move(outcome), std::nullopt};
  }
  ++queue_.front().attempts;
  auto [restored, sent] = doors_.exchange.SendDuring(request, WithHeaders(queue_.front().request));
  if (sent && IsSuccess(sent->status)) queue_.pop_front();
  Finish(request, std::move(restored), outcome);
  return {std::move(outcome), std::move(sent)};
}

PhoneForm Phone::NewForm(std::string form_id) const {
  PhoneForm form;
  form.form_id = std::move(form_id);
  form.user_id = store_.user_id;
  form.username = store_.username;
  form.device_id = settings_.device_id;
  form.filled_on = doors_.clock.Now();
  return form;
}

std::optional<std::string> Phone::Fill(PhoneForm form) {
  if (auto why = ApplyForm(form, store_, settings_.keep)) return why;
  auto request = FormRequest(form);
  queue_.push_back({std::move(form), std::move(request)});
  return std::nullopt;
}

Request Phone::FormRequest(const PhoneForm& form) const {
  Request request;
  request.method = http::Method::kPost;
  request.target = "/a/" + settings_.project + "/receiver/secure/";
  if (!settings_.app_id.empty()) request.target += settings_.app_id + "/";
  request.headers.Set("Content-Type", "multipart/form-data; boundary=" + std::string(kBoundary));
  request.body = "--" + std::string(kBoundary) +
                 "\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; filename=\"" +
                 form.form_id + ".xml\"\r\nContent-Type: text/xml\r\n\r\n" + RenderForm(form) +
                 "\r\n--" + std::string(kBoundary) + "--\r\n";
  return request;
}

Request Phone::WithHeaders(Request request) const {
  const auto common = CommonHeaders();
  for (const auto& [name, value] : common.all()) request.headers.Set(name, value);
  return request;
}

bool Phone::SendFirst(SendOutcome& outcome) {
  auto& queued = queue_.front();
  constexpr int kAttemptsInARun = 2;
  for (int attempt = 0; attempt < kAttemptsInARun; ++attempt) {
    ++queued.attempts;
    const auto answer = doors_.exchange.Send(WithHeaders(queued.request));
    if (!answer || !ReadDate(*answer)) {
      outcome.result = SendResult::kLost;
      return false;
    }
    outcome.status = answer->status;
    if (IsSuccess(answer->status)) {
      outcome.sent.push_back(queued.form.form_id);
      queue_.pop_front();
      return true;
    }
    if (answer->status == 429 || answer->status == 503) {
      outcome.result = SendResult::kRateLimited;
      return false;
    }
    outcome.why = answer->status == 406 ? ShownFor(*answer) : answer->body;
    outcome.result = SendResult::kStopped;
    if (answer->status == 406) return false;
    const auto refused =
        answer->status == 422 ? MessageOfNature(answer->body, "processing_failure") : std::nullopt;
    if (refused) {
      quarantine_.push_back({std::move(queued.form), *refused});
      queue_.pop_front();
      outcome.result = SendResult::kAllSent;
      return true;
    }
  }
  return false;
}

SendOutcome Phone::SendForms() {
  SendOutcome outcome;
  while (!queue_.empty() && SendFirst(outcome)) {
  }
  return outcome;
}

}  // namespace outpost::phones
