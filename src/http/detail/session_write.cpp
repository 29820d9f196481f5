#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

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

/// The size line of a chunk, with the end of the chunk before it. Size 0 is the last one's.
std::string ChunkHead(std::int64_t size, bool is_first) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16);
  return (is_first ? "" : "\r\n") + std::string(digits.data(), end.ptr) + "\r\n";
}

}  // namespace

Session::Next Session::Refuse(const Problem& problem) {
  // Without a path there is no caller whose format the renderer could know.
  const bool has_path = !exchange_->request.path.empty();
  return AnswerWith(RenderFailure(exchange_->request, std::make_exception_ptr(problem),
                                  has_path ? core_.renderer : RenderProblemPlainly));
}

Session::Next Session::AnswerWith(Response&& response) {
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
  const auto length = BodyLengthOf(response);
  is_chunked_ = !length && !framing.is_version_1_0;
  if (!length && !is_chunked_) keeps_alive_ = false;
  out_head_.clear();
  AppendHead(out_head_, response,
             {loop_.Date(), exchange_->request.id, length, keeps_alive_, framing.is_version_1_0});
  const bool sends_body =
      exchange_->request.method != Method::kHead && MayHaveBody(response.status);
  TakeBody(sends_body, length);
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

void Session::TakeBody(bool is_sent, std::optional<std::int64_t> length) {
  out_body_ = {};
  file_ = -1;
  file_at_ = file_left_ = 0;
  growing_ = nullptr;
  if (!is_sent) return;
  Response& response = exchange_->response;
  if (const auto* text = std::get_if<std::string>(&response.body)) {
    out_body_ = *text;
  } else if (const auto* file = std::get_if<FileBody>(&response.body)) {
    file_ = file->file;
    file_at_ = file->offset;
    file_left_ = file->length;
  } else {
    auto& bytes = *std::get<GrowingBody>(response.body).bytes;
    if (bytes.in_memory()) {
      out_body_ = bytes.bytes();
      return;
    }
    file_ = bytes.file();
    file_left_ = length.value_or(0);
    if (!length) growing_ = &bytes;
  }
}

Session::Next Session::WriteStep() {
  if (out_sent_ < out_head_.size() + out_body_.size()) return WriteMemory();
  if (file_left_ > 0) return WriteFile();
  return growing_ == nullptr ? AfterAnswer() : NextPiece();
}

Session::Next Session::WriteMemory() {
  const std::string_view head = out_head_;
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
  return Next::kGoOn;
}

Session::Next Session::WriteFile() {
  const IoResult io = transport_->WriteFile(file_, file_at_, file_left_);
  if (io.state == IoState::kWantWrite) return Next::kWaitToWrite;
  if (io.state == IoState::kWantRead) return Next::kWaitToRead;
  if (io.state != IoState::kDone) return Next::kClose;
  const auto put = static_cast<std::int64_t>(io.bytes);
  file_at_ += put;
  file_left_ -= put;
  bytes_out_ += put;
  // Others have their turn.
  return file_left_ == 0 && growing_ == nullptr ? Next::kGoOn : Next::kYield;
}

Session::Next Session::NextPiece() {
  const auto growth = growing_->Look();
  const bool is_first = file_at_ == 0;
  out_head_.clear();
  out_sent_ = 0;
  out_body_ = {};
  if (growth.length > file_at_) {
    file_left_ = growth.length - file_at_;
    if (is_chunked_) out_head_ = ChunkHead(file_left_, is_first);
    return Next::kGoOn;
  }
  if (growth.state == SpooledBytes::State::kCutOff) return CutOff();
  if (growth.state == SpooledBytes::State::kWhole) {
    growing_ = nullptr;
    if (is_chunked_) out_head_ = ChunkHead(0, is_first) + "\r\n";
    return Next::kGoOn;
  }
  is_waiting_for_more_ = growing_->TellOfMore(file_at_, [exchange = exchange_->weak_from_this()] {
    if (const auto asking = exchange.lock()) asking->inbox->Push(asking);
  });
  return is_waiting_for_more_ ? Next::kWaitForAnswer : Next::kGoOn;
}

/// The client must not take what it has for everything.
Session::Next Session::CutOff() {
  if (!is_chunked_) {
    const linger at_once{1, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  return Next::kClose;
}

Session::Next Session::AfterAnswer() {
  LogRequest(true);
  exchange_.reset();
  reader_.reset();
  out_body_ = {};
  file_ = -1;
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
