#include "http/detail/answer.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "format/deflate/gzip.h"
#include "http/server.h"

namespace outpost::http {
namespace {

bool IsApiPath(std::string_view path) {
  const auto segments = Split(path, '/');
  return segments.size() > 3 && segments[1] == "a" && segments[3] == "api";
}

std::string JsonError(std::string_view told) {
  std::string out = R"({"error": ")";
  for (const char c : told) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"}";
}

}  // namespace

Response RenderProblemPlainly(const Request& request, const std::exception_ptr& failure) {
  int status = 500;
  std::string told =
      "The server failed on this request. Tell the administrator its id: " + request.id;
  try {
    std::rethrow_exception(failure);
  } catch (const Problem& problem) {
    status = HttpStatusOf(problem.kind());
    told = problem.told();
  } catch (const std::exception&) {
    // What our own failures say is for the log.
  }
  const bool is_api = IsApiPath(request.path);
  Response response =
      is_api ? Response::Json(status, JsonError(told)) : Response::Text(status, told + '\n');
  // API clients take this header for a 429, whatever the status is (web document 1.6).
  if (status == 429 || (status == 503 && !is_api)) {
    response.headers.Add("Retry-After", std::to_string(kRetryAfterSeconds));
  }
  return response;
}

}  // namespace outpost::http

namespace outpost::http::detail {
namespace {

struct Reason {
  int status;
  std::string_view text;
};
constexpr std::array kReasons = std::to_array<Reason>({
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {509, "Bandwidth Limit Exceeded"},
});

bool IsTextType(std::string_view type) {
  type = Trim(type.substr(0, type.find(';')));
  if (type.starts_with("text/") || type.ends_with("+xml") || type.ends_with("+json")) return true;
  constexpr std::array<std::string_view, 5> kOthers = {"application/json", "application/xml",
                                                       "application/javascript", "image/svg+xml",
                                                       "application/x-ndjson"};
  return std::find(kOthers.begin(), kOthers.end(), type) != kOthers.end();
}

bool IsOurs(std::string_view name) {
  constexpr std::array<std::string_view, 6> kOurs = {
      "Date",         "Content-Length",         "Connection",
      "X-Request-Id", "X-Content-Type-Options", "Transfer-Encoding"};
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [name](std::string_view ours) { return EqualsIgnoreCase(ours, name); });
}

/// A line end in a value would let it forge headers.
void AppendClean(std::string& out, std::string_view text) {
  for (const char c : text) out += (c == '\r' || c == '\n' || c == '\0') ? ' ' : c;
}

/// Logs what the caller must not see.
void LogFailure(const Request& request, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Problem& problem) {
    const bool is_ours = problem.kind() == ProblemKind::kInternal;
    if (problem.detail().empty() && !is_ours) return;
    Log(is_ours ? LogLevel::kError : LogLevel::kInfo, "http.problem",
        {{"id", request.id}, {"kind", NameOf(problem.kind())}, {"detail", problem.detail()}});
  } catch (const std::exception& bug) {
    Log(LogLevel::kError, "http.failed", {{"id", request.id}, {"what", bug.what()}});
  } catch (...) {
    Log(LogLevel::kError, "http.failed", {{"id", request.id}, {"what", "not an exception"}});
  }
}

}  // namespace

std::string_view ReasonOf(int status) {
  for (const auto& reason : kReasons) {
    if (reason.status == status) return reason.text;
  }
  return "Unknown";
}

void CompressIfWorthwhile(Response& response) {
  auto* body = std::get_if<std::string>(&response.body);
  if (!response.may_compress || body == nullptr) return;
  if (body->size() < kCompressBytesMin || body->size() > kCompressBytesMax) return;
  const auto type = response.headers.Find("Content-Type");
  if (!type || !IsTextType(*type) || response.headers.Find("Content-Encoding")) return;
  *body = deflate::Gzip(*body, kCompressLevel);
  response.headers.Add("Content-Encoding", "gzip");
  response.headers.Add("Vary", "Accept-Encoding");
}

Response RenderFailure(
    const Request& request, const std::exception_ptr& failure,
    const std::function<Response(const Request&, const std::exception_ptr&)>& renderer) {
  LogFailure(request, failure);
  try {
    return renderer(request, failure);
  } catch (...) {
    LogFailure(request, std::current_exception());
  }
  return Response::Text(500, "The server failed on this request.\n");
}

std::optional<std::int64_t> BodyLengthOf(const Response& response) {
  if (const auto* file = std::get_if<FileBody>(&response.body)) return file->length;
  if (const auto* growing = std::get_if<GrowingBody>(&response.body)) {
    const auto growth = growing->bytes->Look();
    if (growth.state == SpooledBytes::State::kWhole) return growth.length;
    return std::nullopt;
  }
  return static_cast<std::int64_t>(std::get<std::string>(response.body).size());
}

bool MayHaveBody(int status) { return status >= 200 && status != 204 && status != 304; }

void AppendHead(std::string& out, const Response& response, const HeadOptions& options) {
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += ReasonOf(response.status);
  out += "\r\nDate: ";
  out += options.date;
  out += "\r\nX-Request-Id: ";
  out += options.request_id;
  out += "\r\nX-Content-Type-Options: nosniff\r\n";
  if (MayHaveBody(response.status) && options.body_length) {
    out += "Content-Length: ";
    out += std::to_string(*options.body_length);
    out += "\r\n";
  } else if (MayHaveBody(response.status) && !options.is_version_1_0) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  if (!options.keeps_alive) {
    out += "Connection: close\r\n";
  } else if (options.is_version_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  for (const auto& field : response.headers.all()) {
    if (IsOurs(field.first)) continue;
    AppendClean(out, field.first);
    out += ": ";
    AppendClean(out, field.second);
    out += "\r\n";
  }
  out += "\r\n";
}

}  // namespace outpost::http::detail
