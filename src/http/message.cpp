#include "http/message.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::http {

std::string_view NameOf(Method method) {
  static constexpr std::array<std::string_view, 8> kNames = {"GET",   "HEAD",   "POST",    "PUT",
                                                             "PATCH", "DELETE", "OPTIONS", "OTHER"};
  return kNames[static_cast<std::size_t>(method)];
}

void Headers::Add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::Set(std::string_view name, std::string value) {
  const auto is_same = [name](const auto& field) { return EqualsIgnoreCase(field.first, name); };
  fields_.erase(std::remove_if(fields_.begin(), fields_.end(), is_same), fields_.end());
  Add(std::string(name), std::move(value));
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
  for (const auto& field : fields_) {
    if (EqualsIgnoreCase(field.first, name)) return field.second;
  }
  return std::nullopt;
}

Body::Body(Body&& other) noexcept
    : bytes_(std::move(other.bytes_)),
      file_(std::exchange(other.file_, -1)),
      length_(std::exchange(other.length_, 0)),
      lease_(std::move(other.lease_)) {
  other.bytes_.clear();
}

Body& Body::operator=(Body&& other) noexcept {
  if (this == &other) return *this;
  if (file_ >= 0) ::close(file_);
  bytes_ = std::exchange(other.bytes_, {});
  file_ = std::exchange(other.file_, -1);
  length_ = std::exchange(other.length_, 0);
  lease_ = std::move(other.lease_);
  return *this;
}

Body::~Body() {
  if (file_ >= 0) ::close(file_);
}

std::string Body::Read(std::int64_t offset, std::int64_t length) const {
  OUTPOST_CHECK(offset >= 0 && length >= 0 && offset <= this->length() - length);
  if (in_memory()) {
    return bytes_.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
  }
  std::string out(static_cast<std::size_t>(length), '\0');
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got = ::pread(file_, out.data() + have, out.size() - have,
                                static_cast<off_t>(offset) + static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      throw Problem(ProblemKind::kInternal, "The received data could not be read back.",
                    "pread of a spooled body failed, errno " + std::to_string(errno));
    }
    have += static_cast<std::size_t>(got);
  }
  return out;
}

std::optional<std::string_view> Request::QueryValue(std::string_view name) const {
  for (auto pair = query.rbegin(); pair != query.rend(); ++pair) {
    if (pair->first == name) return pair->second;
  }
  return std::nullopt;
}

FileBody::FileBody(FileBody&& other) noexcept
    : file(std::exchange(other.file, -1)), offset(other.offset), length(other.length) {}

FileBody& FileBody::operator=(FileBody&& other) noexcept {
  if (this == &other) return *this;
  if (file >= 0) ::close(file);
  file = std::exchange(other.file, -1);
  offset = other.offset;
  length = other.length;
  return *this;
}

FileBody::~FileBody() {
  if (file >= 0) ::close(file);
}

Response Response::Text(int status, std::string body, std::string content_type) {
  Response response;
  response.status = status;
  response.headers.Add("Content-Type", std::move(content_type));
  response.body = std::move(body);
  return response;
}

Response Response::Json(int status, std::string body) {
  return Text(status, std::move(body), "application/json");
}

Response Response::Html(int status, std::string body) {
  return Text(status, std::move(body), "text/html; charset=utf-8");
}

Responder::~Responder() {
  if (send_) send_(Response::Text(500, "The server gave no answer to this request.\n"));
}

void Responder::Send(Response&& response) {
  OUTPOST_CHECK(send_ != nullptr);
  const auto send = std::exchange(send_, nullptr);
  send(std::move(response));
}

}  // namespace outpost::http
