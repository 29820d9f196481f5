#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "http/detail/answer.h"
#include "http/detail/session.h"

namespace outpost::http::detail {
namespace {

std::int64_t MicrosOf(std::chrono::seconds seconds) {
  return std::chrono::microseconds(seconds).count();
}

}  // namespace

Session::Next Session::Refuse(const Problem& problem) {
  // Without a path there is no caller whose format the renderer could know.
  const bool has_path = !exchange_->request.path.empty();
  return RefuseWith(RenderFailure(exchange_->request, std::make_exception_ptr(problem),
                                  has_path ? core_.renderer : RenderProblemPlainly));
}

Session::Next Session::RefuseWith(Response&& response) {
  exchange_->response = std::move(response);
  return BeginAnswer();
}

Session::Next Session::BeginAnswer() {
  sink_.reset();
  const Framing& framing = reader_->framing();
  Response& response = exchange_->response;
  const auto connection = response.headers.Find("Connection");
  const bool wants_close = connection && EqualsIgnoreCase(*connection, "close");
  keeps_alive_ = framing.keeps_alive && is_body_read_ && !wants_close && !core_.is_stopping.load();
  out_head_.clear();
  AppendHead(out_head_, response,
             {loop_.Date(), exchange_->request.id, keeps_alive_, framing.is_version_1_0});
  const bool sends_body =
      exchange_->request.method != Method::kHead && MayHaveBody(response.status);
  const auto* text = std::get_if<std::string>(&response.body);
  const auto* file = std::get_if<FileBody>(&response.body);
  out_body_ = sends_body && text != nullptr ? std::string_view(*text) : std::string_view();
  file_left_ = sends_body && file != nullptr ? file->length : 0;
  out_sent_ = 0;
  phase_ = Phase::kWriting;
  const std::int64_t now = SteadyMicros();
  deadline_ = now + MicrosOf(core_.options.limits.write_time);
  // Before it is sent: who has seen the answer finds it counted, and a slow phone's reading is not
  // our time.
  RouteMetrics& metrics = peer_.is_local ? core_.admin_metrics : core_.metrics;
  metrics.Count(exchange_->route_index, response.status,
                now - exchange_->request.received_steady_micros);
  return Next::kGoOn;
}

Session::Next Session::WriteStep() {
  const std::string_view head = out_head_;
  while (out_sent_ < head.size() + out_body_.size()) {
    const std::size_t of_head = std::min(out_sent_, head.size());
    const auto first = head.substr(of_head);
    const auto second = out_body_.substr(out_sent_ - of_head);
    const IoResult io =
        first.empty() ? transport_->Write(second, {}) : transport_->Write(first, second);
    if (io.state == IoState::kWantWrite) return Next::kWaitToWrite;
    if (io.state == IoState::kWantRead) return Next::kWaitToRead;
    if (io.state != IoState::kDone) return Next::kClose;
    out_sent_ += io.bytes;
    bytes_out_ += static_cast<std::int64_t>(io.bytes);
  }
  if (file_left_ == 0) return AfterAnswer();
  auto& file = std::get<FileBody>(exchange_->response.body);
  const IoResult io = transport_->WriteFile(file.file, file.offset, file_left_);
  if (io.state == IoState::kWantWrite) return Next::kWaitToWrite;
  if (io.state == IoState::kWantRead) return Next::kWaitToRead;
  if (io.state != IoState::kDone) return Next::kClose;
  const auto put = static_cast<std::int64_t>(io.bytes);
  file.offset += put;
  file_left_ -= put;
  bytes_out_ += put;
  return file_left_ == 0 ? AfterAnswer() : Next::kYield;
}

Session::Next Session::AfterAnswer() {
  LogRequest(true);
  exchange_.reset();
  reader_.reset();
  out_body_ = {};
  const std::int64_t now = SteadyMicros();
  if (keeps_alive_) {
    phase_ = Phase::kHead;
    deadline_ = now + MicrosOf(core_.options.limits.idle_time);
    must_wait_ = unread_.empty();
    return core_.is_stopping.load() && unread_.empty() ? Next::kClose : Next::kGoOn;
  }
  // Closing at once, with bytes of the client unread, would reset the connection and could take the
  // answer with it.
  transport_->EndWriting();
  unread_ = {};
  phase_ = Phase::kLingering;
  linger_left_ = kLingerBytesMax;
  deadline_ = now + MicrosOf(kLingerTime);
  return Next::kGoOn;
}

Session::Next Session::LingerStep() {
  // A yield now and then, as an upload does.
  for (int reads = 0; reads < 16; ++reads) {
    const IoResult io = transport_->Read(loop_.scratch().data(), loop_.scratch().size());
    if (io.state == IoState::kWantRead) return Next::kWaitToRead;
    if (io.state == IoState::kWantWrite) return Next::kWaitToWrite;
    if (io.state != IoState::kDone) return Next::kClose;
    linger_left_ -= static_cast<std::int64_t>(io.bytes);
    if (linger_left_ <= 0) return Next::kClose;
  }
  return Next::kYield;
}

void Session::LogRequest(bool is_whole) {
  if (!core_.options.log_requests) return;
  const Request& request = exchange_->request;
  const int status = exchange_->response.status;
  const std::int64_t micros = SteadyMicros() - request.received_steady_micros;
  const bool was_queued = exchange_->started_micros != 0;
  const std::int64_t queue =
      was_queued ? exchange_->started_micros - exchange_->queued_micros : std::int64_t{0};
  const std::string_view route =
      exchange_->route != nullptr ? exchange_->route->options.name : std::string_view("none");
  Log(LogLevel::kInfo, is_whole ? "http.request" : "http.request_cut",
      {{"id", request.id},
       {"method", NameOf(request.method)},
       {"route", route},
       {"status", std::int64_t{status}},
       {"bytes_in", bytes_in_},
       {"bytes_out", bytes_out_},
       {"micros", micros},
       {"queue_micros", queue}});
}

}  // namespace outpost::http::detail
