#include "services/web/api/setup_reply.h"

#include <algorithm>

#include "base/text.h"
#include "services/web/api/paging.h"

namespace outpost::web {

http::Response ReplyWithPage(const http::Request& request, std::size_t total,
                             const WriteObject& write) {
  const auto paging = ReadPaging(request, kLimitMax);
  const auto begin = std::min(total, static_cast<std::size_t>(paging.offset));
  const auto end = std::min(total, begin + static_cast<std::size_t>(paging.limit));
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Key("meta");
  WriteMeta(out, request, paging, static_cast<std::int64_t>(total), end < total);
  out.Key("objects");
  out.BeginArray();
  for (auto index = begin; index < end; ++index) write(out, index);
  out.EndArray();
  out.EndObject();
  return http::Response::Json(200, text);
}

http::Response ReplyWithObject(const std::function<void(json::Writer& out)>& write) {
  std::string text;
  json::Writer out(text);
  write(out);
  return http::Response::Json(200, text);
}

http::Response ErrorMessage(int status, std::string_view told) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("error_message", told);
  out.EndObject();
  return http::Response::Json(status, text);
}

http::Response ReplyNotFound() { return http::Response::Text(404, ""); }

std::string SiblingPath(std::string_view request_path, std::string_view resource,
                        std::string_view id) {
  // "/a/<project>/api/" and what follows: "v0.5/<resource>/…" or "<resource>/v1/…".
  const auto api = request_path.find("/api/", 3);
  if (api == std::string_view::npos) return std::string(request_path);
  const auto parts = Split(request_path.substr(api + 5), '/');
  std::string path(request_path.substr(0, api + 5));
  const bool is_version_first =
      parts[0].size() > 1 && parts[0][0] == 'v' && parts[0][1] >= '0' && parts[0][1] <= '9';
  if (is_version_first) {
    path += std::string(parts[0]) + "/" + std::string(resource);
  } else {
    path += std::string(resource) + "/" + (parts.size() > 1 ? std::string(parts[1]) : "v1");
  }
  return path + "/" + PercentEncode(id) + "/";
}

std::string Absolute(const http::Request& request, std::string_view path) {
  return std::string(request.is_secure ? "https://" : "http://") + request.host + std::string(path);
}

void WriteTextMap(json::Writer& out, std::string_view key,
                  const std::map<std::string, std::string>& texts) {
  out.Key(key);
  out.BeginObject();
  for (const auto& entry : texts) out.Member(entry.first, entry.second);
  out.EndObject();
}

void WriteTextList(json::Writer& out, std::string_view key, const std::vector<std::string>& texts) {
  out.Key(key);
  out.BeginArray();
  for (const auto& text : texts) out.String(text);
  out.EndArray();
}

}  // namespace outpost::web
