#include "operations/loadtest/detail/answer_reader.h"

#include "base/text.h"

namespace outpost::loadtest::detail {
namespace {

constexpr std::size_t kHeadBytesMax = 64 * 1024;

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

bool IsWhole(std::string_view head, std::string_view body) {
  if (EqualsIgnoreCase(HeaderIn(head, "Transfer-Encoding"), "chunked")) {
    return body.ends_with("0\r\n\r\n");
  }
  const auto length = ParseInt(HeaderIn(head, "Content-Length")).value_or(0);
  return static_cast<std::int64_t>(body.size()) >= length;
}

}  // namespace

std::optional<AnswerReader::Answer> AnswerReader::Take() const {
  const std::string_view all(received_);
  const auto end = all.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    if (all.size() > kHeadBytesMax) return Answer{0, true};
    return std::nullopt;
  }
  const auto head = all.substr(0, end);
  constexpr std::size_t kStatusAt = 9;  // "HTTP/1.1 201"
  const auto status = head.size() >= kStatusAt + 3 ? ParseInt(head.substr(kStatusAt, 3))
                                                   : std::optional<std::int64_t>{};
  const bool is_status = status && *status >= 100 && *status <= 999;
  if (!head.starts_with("HTTP/1.") || !is_status) return Answer{0, true};
  if (!IsWhole(head, all.substr(end + 4))) return std::nullopt;
  return Answer{static_cast<int>(*status), EqualsIgnoreCase(HeaderIn(head, "Connection"), "close")};
}

}  // namespace outpost::loadtest::detail
