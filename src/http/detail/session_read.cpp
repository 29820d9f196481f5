#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "http/detail/answer.h"
#include "http/detail/header_fields.h"
#include "http/detail/session.h"

namespace outpost::http::detail {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
/// Reads of one upload before others have their turn: 1 MB.
constexpr int kReadsInARow = 16;

std::int64_t MicrosOf(std::chrono::seconds seconds) {
  return std::chrono::microseconds(seconds).count();
}

Problem BodyTooLarge(std::int64_t bytes_max) {
  return Problem(ProblemKind::kTooLarge, "The request is larger than the " +
                                             std::to_string(bytes_max) + " bytes allowed here.");
}

}  // namespace

Session::Next Session::HeadStep() {
  for (;;) {
    // Some old clients end a body with one line end too many.
    while (!exchange_ && unread_.starts_with("\r\n")) unread_.remove_prefix(2);
    if (!unread_.empty()) {
      if (!exchange_) {
        exchange_ = std::make_shared<Exchange>();
        exchange_->request.id = loop_.NewRequestId();
        exchange_->route_index = RouteMetrics::kNone;
        reader_.emplace(core_.options.limits.head_bytes);
        bytes_in_ = bytes_out_ = 0;
        is_body_read_ = false;
        exchange_->request.received_steady_micros = SteadyMicros();
        deadline_ =
            exchange_->request.received_steady_micros + MicrosOf(core_.options.limits.head_time);
      }
      const std::size_t before = unread_.size();
      const auto state = reader_->ReadHead(unread_, exchange_->request);
      bytes_in_ += static_cast<std::int64_t>(before - unread_.size());
      if (state != RequestReader::State::kMore) return TakeHead(state);
    }
    if (std::exchange(must_wait_, false) && !transport_->HasBuffered()) return Next::kWaitToRead;
    switch (Fill().state) {
      case IoState::kDone:
        break;
      case IoState::kWantRead:
        return Next::kWaitToRead;
      case IoState::kWantWrite:
        return Next::kWaitToWrite;
      default:
        return Next::kClose;
    }
  }
}

Session::Next Session::TakeHead(RequestReader::State state) {
  if (state == RequestReader::State::kDone) return OnHead();
  if (state == RequestReader::State::kHeadTooLarge) {
    return Refuse(Problem(ProblemKind::kHeadTooLarge,
                          "The request line and headers are larger than allowed."));
  }
  return Refuse(Problem(ProblemKind::kBadRequest, "This is not a proper HTTP/1.1 request."));
}

Session::Next Session::OnHead() {
  is_body_read_ = !reader_->framing().has_body;
  const Target target = ReadTarget(exchange_->request.target);
  FillRequest(target);
  if (const auto refused = RefuseByHead(target)) return *refused;
  return AcceptHead();
}

void Session::FillRequest(const Target& target) {
  Request& request = exchange_->request;
  request.received_on = core_.clock.Now();
  request.is_secure = peer_.is_tls;
  request.is_local_socket = peer_.is_local;
  if (const auto host = request.headers.Find("Host")) request.host = *host;
  if (!target.authority.empty()) request.host = target.authority;
  core_.proxies.Apply(peer_.address, request);
  if (!target.is_valid) return;
  request.path = PercentDecode(target.raw_path);
  request.query = ReadQuery(target.raw_query);
  const auto accepted = request.headers.Find("Accept-Encoding");
  exchange_->accepts_gzip = accepted && AcceptsGzip(*accepted);
}

std::optional<Session::Next> Session::RefuseByHead(const Target& target) {
  Request& request = exchange_->request;
  const Router& router = peer_.is_local ? core_.admin : core_.router;
  Router::Match match;
  if (target.is_valid) match = router.Find(request.method, target.raw_path);
  if (match.route == nullptr && !match.allowed.empty()) {
    Response response = RenderFailure(
        request,
        std::make_exception_ptr(Problem(
            ProblemKind::kMethodNotAllowed,
            "This address does not take " + std::string(NameOf(request.method)) + " requests.")),
        core_.renderer);
    response.headers.Set("Allow", match.allowed);
    return AnswerWith(std::move(response));
  }
  if (match.route == nullptr && request.method == Method::kOther) {
    return AnswerWith(Response::Text(501, "This method is not known here.\n"));
  }
  if (!target.is_valid) {
    return Refuse(Problem(ProblemKind::kBadRequest, "The address of the request makes no sense."));
  }
  if (match.route == nullptr) {
    return Refuse(Problem(ProblemKind::kNotFound, "There is nothing at this address."));
  }
  exchange_->route = match.route;
  exchange_->route_index = static_cast<std::size_t>(match.route - router.routes().data());
  request.captures = std::move(match.captures);
  return std::nullopt;
}

Session::Next Session::AcceptHead() {
  Request& request = exchange_->request;
  const Framing& framing = reader_->framing();
  if (!framing.has_body) {
    const auto& quick = exchange_->route->options.quick;
    auto answer = quick ? quick(request) : std::nullopt;
    return answer ? AnswerWith(std::move(*answer)) : Dispatch();
  }
  const auto encoding = request.headers.Find("Content-Encoding");
  const bool is_gzip =
      encoding && (EqualsIgnoreCase(*encoding, "gzip") || EqualsIgnoreCase(*encoding, "x-gzip"));
  if (encoding && !is_gzip && !EqualsIgnoreCase(*encoding, "identity")) {
    Response response = Response::Text(415, "Content-Encoding can be gzip or nothing.\n");
    response.headers.Add("Accept-Encoding", "gzip");
    return AnswerWith(std::move(response));
  }
  const std::int64_t bytes_max = exchange_->route->options.body_bytes_max;
  if (!is_gzip && framing.length && *framing.length > static_cast<std::uint64_t>(bytes_max)) {
    return Refuse(BodyTooLarge(bytes_max));
  }
  if (framing.expects_continue && unread_.empty() && !framing.is_version_1_0) {
    // The send buffer is empty here, so these few bytes always fit.
    const IoResult io = transport_->Write(kContinue, {});
    if (io.state != IoState::kDone || io.bytes != kContinue.size()) return Next::kClose;
  }
  sink_.emplace(core_.spool, bytes_max, is_gzip, framing.length);
  phase_ = Phase::kBody;
  body_deadline_ = SteadyMicros() + MicrosOf(core_.options.limits.body_time);
  SetBodyDeadline();
  return Next::kGoOn;
}

void Session::SetBodyDeadline() {
  const auto idle = SteadyMicros() + MicrosOf(core_.options.limits.body_idle_time);
  deadline_ = std::min(body_deadline_, idle);
}

Session::Next Session::BodyStep() {
  for (int reads = 0; reads < kReadsInARow; ++reads) {
    if (!unread_.empty()) {
      const std::size_t before = unread_.size();
      const auto state = reader_->ReadBody(unread_, *sink_);
      bytes_in_ += static_cast<std::int64_t>(before - unread_.size());
      if (state == RequestReader::State::kDone) {
        is_body_read_ = true;
        return OnBodyVerdict(sink_->Finish());
      }
      if (state == RequestReader::State::kStopped) return OnBodyVerdict(reader_->verdict());
      if (state != RequestReader::State::kMore) {
        return Refuse(Problem(ProblemKind::kBadRequest, "The body of the request is not proper."));
      }
    }
    switch (Fill().state) {
      case IoState::kDone:
        SetBodyDeadline();
        break;
      case IoState::kWantRead:
        return Next::kWaitToRead;
      case IoState::kWantWrite:
        return Next::kWaitToWrite;
      default:
        return Next::kClose;
    }
  }
  return Next::kYield;
}

Session::Next Session::OnBodyVerdict(BodySink::Verdict verdict) {
  switch (verdict) {
    case BodySink::Verdict::kOk: {
      exchange_->request.body = sink_->TakeBody();
      sink_.reset();
      return Dispatch();
    }
    case BodySink::Verdict::kTooLarge:
      return Refuse(BodyTooLarge(exchange_->route->options.body_bytes_max));
    case BodySink::Verdict::kMalformed:
      return Refuse(Problem(ProblemKind::kMalformed, "The body is not the gzip it says it is."));
    case BodySink::Verdict::kSpoolFull:
      return Refuse(Problem(ProblemKind::kBusy, "Too many large uploads just now. Try again."));
    case BodySink::Verdict::kDiskFull:
      return Refuse(Problem(ProblemKind::kStorageFull,
                            "The server's disk is full. Nothing was stored; try again later."));
    case BodySink::Verdict::kDiskFailed:
      break;
  }
  return Refuse(Problem(ProblemKind::kInternal, "The server could not keep the upload.",
                        "the spool folder cannot be written"));
}

Session::Next Session::Dispatch() {
  phase_ = Phase::kHandling;
  deadline_ = 0;
  exchange_->session = weak_from_this();
  exchange_->inbox = loop_.inbox();
  exchange_->queued_micros = SteadyMicros();
  const auto group = exchange_->route->options.group;
  WorkGroup& workers = group == Group::kMobile ? core_.mobile
                       : group == Group::kSync ? core_.sync
                                               : core_.web;
  if (workers.TryPush(exchange_)) return Next::kWaitForAnswer;
  return Refuse(Problem(ProblemKind::kBusy, "The server has too much to do just now. Try again."));
}

}  // namespace outpost::http::detail
