#include "services/mobile/apps/file_answer.h"

#include <algorithm>

#include "base/text.h"
#include "http/accepts.h"

namespace outpost::mobile {
namespace {

using http::Response;

std::string_view CacheControl(Caching caching) {
  switch (caching) {
    case Caching::kForever:
      return "public, max-age=31536000, immutable";
    case Caching::kMinute:
      return "public, max-age=60";
    case Caching::kNever:
      return "no-cache";
  }
  return "no-cache";
}

/// Whether one of the entity tags of an If-None-Match is this one.
bool Matches(std::string_view header, std::string_view tag) {
  for (auto one : Split(header, ',')) {
    one = Trim(one);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag || one == "*") return true;
  }
  return false;
}

/// RFC 6266: a name for everybody and one for those who read UTF-8.
std::string Disposition(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    plain += byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\' ? '_' : c;
  }
  return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + PercentEncode(name);
}

void AddHeaders(Response& response, const StoredFile& file, std::string_view tag) {
  auto& headers = response.headers;
  headers.Set("Content-Type", file.content_type);
  headers.Set("ETag", std::string(tag));
  headers.Set("Cache-Control", std::string(CacheControl(file.caching)));
  headers.Set("X-Content-Type-Options", "nosniff");
  headers.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
  headers.Set("Accept-Ranges", "bytes");
  if (!file.packed.empty()) headers.Set("Vary", "Accept-Encoding");
  if (!file.save_as.empty()) headers.Set("Content-Disposition", Disposition(file.save_as));
}

void SetBody(Response& response, blobs::BlobStore::Opened opened, const ByteRange& range) {
  if (opened.file >= 0) {
    response.body = http::FileBody{opened.file, range.offset, range.length};
  } else {
    response.body = opened.bytes.substr(static_cast<std::size_t>(range.offset),
                                        static_cast<std::size_t>(range.length));
  }
}

/// Whether the client has it already.
bool IsKnown(const http::Request& request, std::string_view tag) {
  const auto known = request.headers.Find("If-None-Match");
  return known && Matches(*known, tag);
}

}  // namespace

RangeVerdict ReadRange(std::string_view header, std::int64_t length, ByteRange& range) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit) || header.find(',') != std::string_view::npos) {
    return RangeVerdict::kWhole;
  }
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return RangeVerdict::kWhole;
  const auto first = ParseInt(Trim(header.substr(0, dash)));
  const auto last = ParseInt(Trim(header.substr(dash + 1)));
  if (!first && !last) return RangeVerdict::kWhole;
  std::int64_t begin = 0;
  std::int64_t end = length;
  if (first) {
    begin = *first;
    if (last) end = std::min(*last + 1, length);
    if (last && *last < *first) return RangeVerdict::kWhole;
  } else {
    begin = std::max<std::int64_t>(length - *last, 0);  // the last so many
    if (*last == 0) return RangeVerdict::kOutside;
  }
  if (begin < 0 || begin >= length) return RangeVerdict::kOutside;
  range = {begin, end - begin};
  return RangeVerdict::kPart;
}

http::Response AnswerBytes(const http::Request& request, std::string bytes,
                           const StoredFile& file) {
  const std::string tag = "\"" + file.blob + "\"";
  Response response;
  response.may_compress = false;
  AddHeaders(response, file, tag);
  response.headers.Set("Accept-Ranges", "none");
  if (IsKnown(request, tag)) {
    response.status = 304;
  } else {
    response.body = std::move(bytes);
  }
  return response;
}

http::Response AnswerFile(sql::Connection& connection, const blobs::BlobStore& blobs,
                          const http::Request& request, const StoredFile& file) {
  const auto range_header = request.headers.Find("Range");
  const bool is_packed = !file.packed.empty() && !range_header && http::AcceptsGzip(request);
  const auto& blob = is_packed ? file.packed : file.blob;
  const std::string tag = "\"" + blob + "\"";
  Response response;
  response.may_compress = false;
  AddHeaders(response, file, tag);
  if (IsKnown(request, tag)) {
    response.status = 304;
    return response;
  }
  auto opened = blobs.Open(connection, blob);
  ByteRange range{0, opened.length};
  const auto if_range = request.headers.Find("If-Range");
  if (range_header && (!if_range || *if_range == tag)) {
    const auto total = std::to_string(opened.length);
    switch (ReadRange(*range_header, opened.length, range)) {
      case RangeVerdict::kWhole:
        break;
      case RangeVerdict::kPart:
        response.status = 206;
        response.headers.Set("Content-Range", "bytes " + std::to_string(range.offset) + "-" +
                                                  std::to_string(range.offset + range.length - 1) +
                                                  "/" + total);
        break;
      case RangeVerdict::kOutside:
        response.status = 416;
        response.headers.Set("Content-Range", "bytes */" + total);
        range = {0, 0};
        break;
    }
  }
  if (is_packed) response.headers.Set("Content-Encoding", "gzip");
  SetBody(response, std::move(opened), range);
  return response;
}

}  // namespace outpost::mobile
