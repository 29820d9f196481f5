#include "operations/loadtest/detail/answer_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace outpost::loadtest::detail {
namespace {

constexpr std::size_t kHeadBytesMax = 64 * 1024;
constexpr std::size_t kLineBytesMax = 1024;

/// Value of a header in a head whose lines end in CRLF.
std::string_view HeaderIn(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    const auto colon = line.find(':');
    if (colon == name.size() && EqualsIgnoreCase(line.substr(0, colon), name)) {
      return Trim(line.substr(colon + 1));
    }
    if (end == std::string_view::npos) break;
    head.remove_prefix(end + 2);
  }
  return {};
}

}  // namespace

void AnswerReader::Reset(Sink sink) {
  *this = AnswerReader();
  sink_ = std::move(sink);
}

void AnswerReader::Break() {
  answer_ = Answer{.status = 0, .closes = true};
  state_ = State::kWhole;
}

void AnswerReader::ReadHead() {
  const auto end = held_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (held_.size() > kHeadBytesMax) Break();
    return;
  }
  const auto head = std::string_view(held_).substr(0, end);
  constexpr std::size_t kStatusAt = 9;  // "HTTP/1.1 201"
  const auto status = head.size() >= kStatusAt + 3 ? ParseInt(head.substr(kStatusAt, 3))
                                                   : std::optional<std::int64_t>{};
  const bool is_status = status && *status >= 100 && *status <= 999;
  if (!head.starts_with("HTTP/1.") || !is_status) return Break();
  answer_.status = static_cast<int>(*status);
  answer_.closes = EqualsIgnoreCase(HeaderIn(head, "Connection"), "close");
  answer_.is_gzip = EqualsIgnoreCase(HeaderIn(head, "Content-Encoding"), "gzip");
  answer_.retry_after = ParseInt(HeaderIn(head, "Retry-After")).value_or(0);
  if (EqualsIgnoreCase(HeaderIn(head, "Transfer-Encoding"), "chunked")) {
    state_ = State::kChunkSize;
  } else {
    const auto length = ParseInt(HeaderIn(head, "Content-Length")).value_or(0);
    if (length < 0) return Break();
    left_ = static_cast<std::uint64_t>(length);
    state_ = left_ == 0 ? State::kWhole : State::kLength;
  }
  const auto rest = held_.substr(end + 4);
  held_.clear();
  if (!rest.empty()) Add(rest);
}

void AnswerReader::Body(std::string_view piece) {
  answer_.body_bytes += piece.size();
  left_ -= piece.size();
  if (sink_) sink_(piece, answer_);
}

std::optional<std::string> AnswerReader::Line(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  held_ += bytes.substr(0, end);
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  if (held_.size() > kLineBytesMax) Break();
  if (end == std::string_view::npos || state_ == State::kWhole) return std::nullopt;
  if (held_.ends_with('\r')) held_.pop_back();
  return std::exchange(held_, {});
}

void AnswerReader::Add(std::string_view bytes) {
  has_begun_ = has_begun_ || !bytes.empty();
  if (state_ == State::kHead) {
    held_ += bytes;
    return ReadHead();
  }
  while (!bytes.empty() && state_ != State::kWhole) {
    if (state_ == State::kLength || state_ == State::kChunk) {
      const auto piece =
          bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left_)));
      bytes.remove_prefix(piece.size());
      Body(piece);
      if (left_ == 0) state_ = state_ == State::kLength ? State::kWhole : State::kChunkEnd;
      continue;
    }
    const auto line = Line(bytes);
    if (!line) continue;
    if (state_ == State::kChunkSize) {
      const auto got = std::from_chars(line->data(), line->data() + line->size(), left_, 16);
      if (got.ec != std::errc()) return Break();
      state_ = left_ == 0 ? State::kTrailer : State::kChunk;
    } else if (state_ == State::kChunkEnd) {
      if (!line->empty()) return Break();
      state_ = State::kChunkSize;
    } else if (line->empty()) {
      state_ = State::kWhole;
    }
  }
}

std::optional<AnswerReader::Answer> AnswerReader::Take() const {
  return state_ == State::kWhole ? std::optional(answer_) : std::nullopt;
}

}  // namespace outpost::loadtest::detail
