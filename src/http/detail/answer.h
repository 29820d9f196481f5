#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

/// Responses on their way to the wire.
namespace outpost::http::detail {

/// Texts from this size on are compressed (operations document 2.6).
inline constexpr std::size_t kCompressBytesMin = 10'240;
/// Above this size compressing would hold the answering thread for seconds: such texts are made as
/// files by who knows them.
inline constexpr std::size_t kCompressBytesMax = 256u << 20;
/// Little time for most of the gain.
inline constexpr int kCompressLevel = 2;

/// "Not Found"; "Unknown" for codes nobody uses.
std::string_view ReasonOf(int status);

void CompressIfWorthwhile(Response& response);

/// The renderer's answer; logs what is our own failure; survives a renderer that throws.
Response RenderFailure(
    const Request& request, const std::exception_ptr& failure,
    const std::function<Response(const Request&, const std::exception_ptr&)>& renderer);

struct HeadOptions {
  std::string_view date;
  std::string_view request_id;
  std::optional<std::int64_t> body_length;  // empty: nobody knows yet
  bool keeps_alive = false;
  bool is_version_1_0 = false;
};
/// Length of the body that the response stands for, whether or not it is sent (HEAD); empty while
/// the body grows.
std::optional<std::int64_t> BodyLengthOf(const Response& response);
/// May an answer with this status have a body at all?
bool MayHaveBody(int status);
/// Appends status line and headers, with the empty line.
void AppendHead(std::string& out, const Response& response, const HeadOptions& options);

}  // namespace outpost::http::detail
