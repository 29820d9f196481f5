#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/problem.h"
#include "http/detail/body_sink.h"
#include "http/detail/exchange.h"
#include "http/detail/loop.h"
#include "http/detail/request_reader.h"
#include "http/detail/target.h"
#include "http/detail/transport.h"

namespace outpost::http::detail {

/// One connection, as a state machine: each step does what the socket allows and says what it
/// waits for.
///
///   handshake ─► head ─► body ─► handling ─► writing ─┬─► head …
///                  └───────┴── refused ──────►        └─► lingering ─► closed
///
/// Threads: its loop's.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Loop& loop, int socket, std::unique_ptr<Transport> transport, Peer peer);

  void Start(std::list<std::shared_ptr<Session>>::iterator place);
  void OnAnswer(const std::shared_ptr<Exchange>& exchange);
  void OnTick(std::int64_t now);
  void OnStopping();
  void Close();

 private:
  enum class Phase : std::uint8_t {
    kHandshake,
    kHead,
    kBody,
    kHandling,
    kWriting,
    kLingering,
    kClosed
  };
  enum class Next : std::uint8_t {
    kGoOn,
    kWaitToRead,
    kWaitToWrite,
    kWaitForAnswer,
    kYield,
    kClose
  };

  // session.cpp: the machine and its waits
  void Run();
  Next Step();
  void WaitFor(Next what);
  void OnReady(std::uint64_t serial, const boost::system::error_code& error);
  void OnDeadline();
  Next HandshakeStep();
  IoResult Fill();
  void Stash();

  // session_read.cpp: the request
  Next HeadStep();
  Next TakeHead(RequestReader::State state);
  Next OnHead();
  void FillRequest(const Target& target);
  std::optional<Next> RefuseByHead(const Target& target);
  Next AcceptHead();
  Next BodyStep();
  void SetBodyDeadline();
  Next OnBodyVerdict(BodySink::Verdict verdict);
  Next Dispatch();

  // session_write.cpp: the answer
  Next Refuse(const Problem& problem);
  Next AnswerWith(Response&& response);
  Next BeginAnswer();
  void TakeBody(bool is_sent, std::optional<std::int64_t> length);
  Next WriteStep();
  Next WriteMemory();
  Next WriteFile();
  Next NextPiece();
  Next CutOff();
  Next AfterAnswer();
  Next LingerStep();
  void LogRequest(bool is_whole);

  Loop& loop_;
  Core& core_;
  boost::asio::posix::stream_descriptor socket_;
  std::unique_ptr<Transport> transport_;
  const Peer peer_;
  std::list<std::shared_ptr<Session>>::iterator place_;

  Phase phase_ = Phase::kHandshake;
  std::int64_t deadline_ = 0;      // steady micros; 0: none
  std::uint64_t wait_serial_ = 0;  // waits that were given up have an older one

  std::string pending_;      // received, not yet used, kept between two events
  std::string_view unread_;  // in pending_ or in the loop's scratch
  bool is_unread_in_scratch_ = false;
  bool must_wait_ = false;  // the socket was just used up

  std::optional<RequestReader> reader_;
  std::optional<BodySink> sink_;
  std::shared_ptr<Exchange> exchange_;
  std::int64_t body_deadline_ = 0;
  bool is_body_read_ = false;
  std::int64_t bytes_in_ = 0;

  bool keeps_alive_ = false;
  std::string out_head_;       // head of the answer, then of each chunk
  std::string_view out_body_;  // in exchange_->response
  std::size_t out_sent_ = 0;   // of head and body in memory
  int file_ = -1;              // of exchange_->response
  std::int64_t file_at_ = 0;
  std::int64_t file_left_ = 0;        // of the body, or of what is sent of it now
  SpooledBytes* growing_ = nullptr;   // its end has not been seen
  bool is_chunked_ = false;           // in contrast to up to the end of the connection
  bool is_waiting_for_more_ = false;  // of growing_
  std::int64_t bytes_out_ = 0;
  std::int64_t linger_left_ = 0;
};

}  // namespace outpost::http::detail
