#include "services/web/api/file_reply.h"

#include <string>

namespace outpost::web {

void Disarm(http::Response& response) {
  response.headers.Add("Content-Security-Policy", "default-src 'none'; sandbox");
  response.headers.Add("Cache-Control", "private");
}

http::Response FileReply(sql::Connection& connection, const blobs::BlobStore& blobs,
                         std::string_view blob, std::string_view content_type) {
  auto opened = blobs.Open(connection, blob);
  auto response = http::Response::Text(
      200, std::move(opened.bytes),
      std::string(content_type.empty() ? "application/octet-stream" : content_type));
  if (opened.file >= 0) response.body = http::FileBody{opened.file, 0, opened.length};
  Disarm(response);
  return response;
}

}  // namespace outpost::web
