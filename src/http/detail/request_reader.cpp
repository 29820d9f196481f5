#include "http/detail/request_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/storable_text.h"
#include "base/text.h"
#include "http/detail/header_fields.h"

namespace outpost::http::detail {
namespace {

namespace beast = boost::beast;
using ErrorCode = boost::system::error_code;
using View = beast::string_view;

/// "0 CRLF CRLF", the shortest end of a chunked body. Beast asserts that it is given no less once
/// it has seen the last chunk; wherever a body stands, at least so much of it is to come.
constexpr std::size_t kLastChunkBytes = 5;

std::string_view StdView(View view) { return {view.data(), view.size()}; }

Method MethodOf(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get:
      return Method::kGet;
    case beast::http::verb::head:
      return Method::kHead;
    case beast::http::verb::post:
      return Method::kPost;
    case beast::http::verb::put:
      return Method::kPut;
    case beast::http::verb::patch:
      return Method::kPatch;
    case beast::http::verb::delete_:
      return Method::kDelete;
    case beast::http::verb::options:
      return Method::kOptions;
    default:
      return Method::kOther;
  }
}

/// Folded lines (obsolete) and NUL bytes: old and new parsers read them differently.
bool HasAmbiguousBytes(std::string_view head) {
  if (head.find('\0') != std::string_view::npos) return true;
  for (auto at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    if (at + 1 < head.size() && (head[at + 1] == ' ' || head[at + 1] == '\t')) return true;
  }
  return false;
}

}  // namespace

/// Beast's parser, writing straight into our request and sink.
class RequestReader::Parser final : public beast::http::basic_parser<true> {
 public:
  Framing framing;
  Request* request = nullptr;
  BodySink* sink = nullptr;
  BodySink::Verdict verdict = BodySink::Verdict::kOk;

  /// After the head: does it leave the message's end open to interpretation?
  bool IsAmbiguous() const {
    const bool has_both = lengths_ > 0 && encodings_ > 0;
    const bool is_odd_encoding = encodings_ > 1 || (encodings_ == 1 && !is_plain_chunked_);
    const bool is_chunked_1_0 = encodings_ > 0 && framing.is_version_1_0;
    const bool is_hostless = hosts_ > 1 || (hosts_ == 0 && !framing.is_version_1_0);
    return has_both || lengths_ > 1 || is_odd_encoding || is_chunked_1_0 || is_hostless;
  }

 private:
  void on_request_impl(beast::http::verb verb, View, View target, int version,
                       ErrorCode& error) override {
    if (version != 10 && version != 11) {
      error = beast::http::error::bad_version;
      return;
    }
    framing.is_version_1_0 = version == 10;
    request->method = MethodOf(verb);
    request->target = StdView(target);
  }
  void on_response_impl(int, View, int, ErrorCode&) override {}
  void on_field_impl(beast::http::field field, View name, View value, ErrorCode&) override {
    if (is_head_done_) return;  // trailers are read over
    switch (field) {
      case beast::http::field::content_length:
        ++lengths_;
        break;
      case beast::http::field::host:
        ++hosts_;
        break;
      case beast::http::field::transfer_encoding:
        ++encodings_;
        is_plain_chunked_ = EqualsIgnoreCase(StdView(value), "chunked");
        break;
      case beast::http::field::expect:
        framing.expects_continue = EqualsIgnoreCase(StdView(value), "100-continue");
        break;
      default:
        break;
    }
    request->headers.Add(std::string(StdView(name)), StorableText(std::string(StdView(value))));
  }
  void on_header_impl(ErrorCode&) override { is_head_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(View body, ErrorCode& error) override { return Take(body, error); }
  void on_chunk_header_impl(std::uint64_t, View, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, ErrorCode& error) override {
    return Take(body, error);
  }
  void on_finish_impl(ErrorCode&) override {}

  std::size_t Take(View body, ErrorCode& error) {
    verdict = sink->Take(StdView(body));
    if (verdict != BodySink::Verdict::kOk) error = beast::http::error::body_limit;
    return body.size();
  }

  int lengths_ = 0;
  int encodings_ = 0;
  int hosts_ = 0;
  bool is_plain_chunked_ = false;
  bool is_head_done_ = false;
};

RequestReader::RequestReader(std::size_t head_bytes_max)
    : parser_(std::make_unique<Parser>()), head_bytes_max_(head_bytes_max) {
  parser_->header_limit(static_cast<std::uint32_t>(head_bytes_max));
  parser_->body_limit(boost::none);  // the sink counts
  parser_->eager(false);
}

RequestReader::~RequestReader() = default;

const Framing& RequestReader::framing() const { return parser_->framing; }

BodySink::Verdict RequestReader::verdict() const { return parser_->verdict; }

RequestReader::State RequestReader::ReadHead(std::string_view& bytes, Request& request) {
  parser_->request = &request;
  ErrorCode error;
  const std::size_t used = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  // Beast's own limit holds for one call only; heads also come in small pieces.
  head_bytes_ += used;
  const bool is_whole = !error && parser_->is_header_done();
  const std::size_t head_bytes = head_bytes_ + (is_whole ? 0 : bytes.size() - used);
  if (error == beast::http::error::header_limit || head_bytes > head_bytes_max_) {
    return State::kHeadTooLarge;
  }
  if (HasAmbiguousBytes(bytes.substr(0, used))) return State::kMalformed;
  if (error == beast::http::error::need_more) {
    bytes.remove_prefix(used);
    return State::kMore;
  }
  if (error || !is_whole || parser_->IsAmbiguous()) return State::kMalformed;
  bytes.remove_prefix(used);
  Framing& framing = parser_->framing;
  framing.is_chunked = parser_->chunked();
  if (const auto length = parser_->content_length()) framing.length = *length;
  framing.has_body = framing.is_chunked || framing.length.value_or(0) > 0;
  framing.keeps_alive = parser_->keep_alive();
  parser_->eager(true);
  return State::kDone;
}

RequestReader::State RequestReader::ReadBody(std::string_view& bytes, BodySink& sink) {
  parser_->sink = &sink;
  while (!parser_->is_done()) {
    if (parser_->chunked() && bytes.size() < kLastChunkBytes) return State::kMore;
    ErrorCode error;
    const std::size_t used = parser_->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    bytes.remove_prefix(used);
    if (parser_->verdict != BodySink::Verdict::kOk) return State::kStopped;
    // Chunk heads and trailers are parsed when whole: they have the limit of a head.
    const bool is_endless =
        error == beast::http::error::need_more && bytes.size() > head_bytes_max_;
    if (is_endless) return State::kMalformed;
    if (error == beast::http::error::need_more) return State::kMore;
    if (error) return State::kMalformed;
    if (used == 0 || bytes.empty()) break;
  }
  return parser_->is_done() ? State::kDone : State::kMore;
}

}  // namespace outpost::http::detail
