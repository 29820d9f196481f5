#include "operations/phones/exchange.h"

#include <array>
#include <charconv>
#include <future>

#include "base/problem.h"
#include "base/text.h"
#include "format/deflate/gzip.h"
#include "http/client.h"

namespace outpost::phones {
namespace {

/// Pieces as they come out of okhttp's buffer.
constexpr std::size_t kChunkBytes = 8 * 1024;

std::string Chunked(std::string_view body) {
  std::string out;
  while (!body.empty()) {
    const auto piece = body.substr(0, kChunkBytes);
    std::array<char, 16> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16).ptr;
    out.append(digits.data(), end).append("\r\n").append(piece).append("\r\n");
    body.remove_prefix(piece.size());
  }
  return out += "0\r\n\r\n";
}

/// Empty when it is no whole gzip stream: a truncated answer is no answer.
std::optional<std::string> Decoded(std::string_view body) {
  std::string out;
  deflate::Gunzip gunzip;
  const auto state = gunzip.Feed(body, [&](std::string_view piece) {
    out += piece;
    return true;
  });
  if (state != deflate::Gunzip::State::kComplete) return std::nullopt;
  return out;
}

class OverHttp final : public Exchange {
 public:
  explicit OverHttp(std::string origin) : first_(origin), second_(origin) {}

  std::optional<Answer> Send(const Request& request) override { return Send(first_, request); }

  std::pair<std::optional<Answer>, std::optional<Answer>> SendDuring(
      const Request& request, const Request& meanwhile) override {
    auto first = std::async(std::launch::async, [&] { return Send(first_, request); });
    auto second = Send(second_, meanwhile);
    return {first.get(), std::move(second)};
  }

 private:
  static std::optional<Answer> Send(http::Client& client, const Request& request) {
    auto headers = request.headers;
    headers.Set("Accept-Encoding", "gzip");
    std::string body;
    if (request.method == http::Method::kPost) {
      headers.Set("Transfer-Encoding", "chunked");
      body = Chunked(request.body);
    }
    try {
      auto got = client.Send(request.method, request.target, headers, body);
      Answer answer{got.status, std::move(got.headers), std::move(got.body)};
      const auto encoding = answer.headers.Find("Content-Encoding");
      if (encoding && EqualsIgnoreCase(*encoding, "gzip")) {
        auto decoded = Decoded(answer.body);
        if (!decoded) return std::nullopt;
        answer.body = std::move(*decoded);
      }
      return answer;
    } catch (const Problem& problem) {
      if (problem.kind() != ProblemKind::kBusy) throw;
      return std::nullopt;
    }
  }

  http::Client first_, second_;
};

}  // namespace

std::unique_ptr<Exchange> HttpExchange(std::string origin) {
  return std::make_unique<OverHttp>(std::move(origin));
}

}  // namespace outpost::phones
