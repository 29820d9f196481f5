#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// Reads just enough of an HTTP/1.1 answer to know its status and where it ends. The body goes by
/// in pieces and is not kept.
namespace outpost::loadtest::detail {

class AnswerReader {
 public:
  struct Answer {
    int status = 0;
    bool closes = false;  // the server ends the connection after it
    bool is_gzip = false;
    std::int64_t retry_after = 0;  // seconds; 0: not said
    std::uint64_t body_bytes = 0;  // on the wire, without the frames of chunks
  };
  /// Gets the body as it is sent, chunks undone. `is_gzip` as in Answer.
  using Sink = std::function<void(std::string_view piece, const Answer& answer)>;

  void Reset(Sink sink = {});
  void Add(std::string_view bytes);
  bool HasBegun() const { return has_begun_; }
  /// The answer once it is whole. One that cannot be read has status 0 and closes.
  std::optional<Answer> Take() const;

 private:
  enum class State : std::uint8_t {
    kHead,
    kLength,
    kChunkSize,
    kChunk,
    kChunkEnd,
    kTrailer,
    kWhole
  };

  void ReadHead();
  void Body(std::string_view piece);
  /// Takes a line out of `bytes`; empty while it has not come whole.
  std::optional<std::string> Line(std::string_view& bytes);
  void Break();

  State state_ = State::kHead;
  Sink sink_;
  std::string held_;  // of the head, or of a line
  Answer answer_;
  std::uint64_t left_ = 0;  // of the body or chunk
  bool has_begun_ = false;
};

}  // namespace outpost::loadtest::detail
