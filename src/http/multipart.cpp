#include "http/multipart.h"

#include <algorithm>

#include "base/problem.h"
#include "base/storable_text.h"
#include "base/text.h"
#include "http/detail/header_fields.h"

namespace outpost::http {
namespace {

constexpr std::int64_t kWindowBytes = 64 * 1024;

[[noreturn]] void Refuse(const std::string& what) {
  throw Problem(ProblemKind::kMalformed, "The multipart body cannot be read: " + what + ".");
}

/// Searches a body of any size through a window.
class Finder {
 public:
  explicit Finder(const Body& body) : body_(body) {}

  /// Where `needle` begins at or after `from`, -1 when nowhere.
  std::int64_t Find(std::string_view needle, std::int64_t from) {
    if (body_.in_memory()) {
      const auto at = body_.bytes().find(needle, static_cast<std::size_t>(from));
      return at == std::string_view::npos ? -1 : static_cast<std::int64_t>(at);
    }
    const auto overlap = static_cast<std::int64_t>(needle.size()) - 1;
    while (from < body_.length()) {
      Load(from);
      const auto at = window_.find(needle, static_cast<std::size_t>(from - window_at_));
      if (at != std::string::npos) return window_at_ + static_cast<std::int64_t>(at);
      const auto end = window_at_ + static_cast<std::int64_t>(window_.size());
      if (end == body_.length()) return -1;
      from = end - overlap;
    }
    return -1;
  }

  /// Up to `length` bytes at `from`, fewer at the end.
  std::string Peek(std::int64_t from, std::int64_t length) const {
    return body_.Read(from, std::min(length, body_.length() - from));
  }

 private:
  /// Keeps the window while at least half of it lies after `from`.
  void Load(std::int64_t from) {
    const auto end = window_at_ + static_cast<std::int64_t>(window_.size());
    const bool is_inside = from >= window_at_ && from < end;
    if (is_inside && (end - from >= kWindowBytes / 2 || end == body_.length())) return;
    window_ = Peek(from, kWindowBytes);
    window_at_ = from;
  }

  const Body& body_;
  std::string window_;
  std::int64_t window_at_ = 0;
};

/// RFC 2231: charset'language'percent-encoded. Only UTF-8 is in use.
std::string DecodeExtended(std::string_view value) {
  const auto first = value.find('\'');
  const auto second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos) return StorableText(std::string(value));
  return PercentDecode(value.substr(second + 1));
}

void ReadDisposition(std::string_view value, Part& part) {
  const auto semicolon = value.find(';');
  if (!EqualsIgnoreCase(Trim(value.substr(0, semicolon)), "form-data") ||
      semicolon == std::string_view::npos) {
    Refuse("a part is not form-data or has no name");
  }
  bool has_name = false;
  bool has_extended = false;
  detail::Parameters parameters(value.substr(semicolon + 1), ';');
  while (auto pair = parameters.Next()) {
    if (pair->name == "name") {
      part.name = StorableText(std::move(pair->value));
      has_name = true;
    } else if (pair->name == "filename*") {
      part.filename = DecodeExtended(pair->value);
      has_extended = part.has_filename = true;
    } else if (pair->name == "filename") {
      if (!has_extended) part.filename = StorableText(std::move(pair->value));
      part.has_filename = true;
    }
  }
  if (parameters.is_malformed()) Refuse("a Content-Disposition makes no sense");
  if (!has_name || part.name.empty()) Refuse("a part has no name");
}

Part ReadPartHead(std::string_view head) {
  Part part;
  bool has_disposition = false;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) Refuse("a part has a header line without a colon");
    const auto name = Trim(line.substr(0, colon));
    const auto value = Trim(line.substr(colon + 1));
    if (EqualsIgnoreCase(name, "Content-Disposition")) {
      if (std::exchange(has_disposition, true)) Refuse("a part has two Content-Dispositions");
      ReadDisposition(value, part);
    } else if (EqualsIgnoreCase(name, "Content-Type")) {
      part.content_type = StorableText(std::string(value));
    }
  }
  if (!has_disposition) Refuse("a part has no name");
  return part;
}

/// What stands behind a boundary: a part, the end, or text that only looks like one.
enum class After { kPart, kEnd, kNothing };

struct Delimiter {
  std::int64_t begin = 0;  // of its CRLF: where the part before ends
  std::int64_t end = 0;    // behind its line: where the next part's head begins
  After after = After::kNothing;
};

Delimiter FindDelimiter(Finder& finder, const std::string& delimiter, std::int64_t from) {
  for (;;) {
    Delimiter found;
    found.begin = finder.Find(delimiter, from);
    if (found.begin < 0) Refuse("its closing boundary is missing");
    found.end = found.begin + static_cast<std::int64_t>(delimiter.size());
    std::string tail = finder.Peek(found.end, 16);
    if (tail.starts_with("--")) {
      found.after = After::kEnd;
      return found;
    }
    const auto blanks = tail.find_first_not_of(" \t");  // transport padding, RFC 2046 5.1.1
    if (blanks != std::string::npos && std::string_view(tail).substr(blanks).starts_with("\r\n")) {
      found.end += static_cast<std::int64_t>(blanks) + 2;
      found.after = After::kPart;
      return found;
    }
    from = found.end;
  }
}

Delimiter FindFirst(Finder& finder, const std::string& delimiter) {
  // A body without preamble begins with the boundary and has no CRLF before it.
  const std::string_view bare = std::string_view(delimiter).substr(2);
  const std::string start = finder.Peek(0, static_cast<std::int64_t>(bare.size()) + 2);
  if (start.starts_with(bare)) {
    const auto end = static_cast<std::int64_t>(bare.size());
    if (std::string_view(start).substr(bare.size()) == "\r\n") return {0, end + 2, After::kPart};
    if (std::string_view(start).substr(bare.size()) == "--") return {0, end + 2, After::kEnd};
  }
  return FindDelimiter(finder, delimiter, 0);
}

}  // namespace

std::string BoundaryOf(std::string_view content_type) {
  const auto semicolon = content_type.find(';');
  if (semicolon == std::string_view::npos) return {};
  if (!EqualsIgnoreCase(Trim(content_type.substr(0, semicolon)), "multipart/form-data")) return {};
  detail::Parameters parameters(content_type.substr(semicolon + 1), ';');
  while (auto pair = parameters.Next()) {
    if (pair->name != "boundary") continue;
    return pair->value.size() <= kBoundaryBytesMax ? std::move(pair->value) : std::string();
  }
  return {};
}

std::vector<Part> ParseMultipart(const Body& body, std::string_view boundary) {
  if (boundary.empty()) Refuse("it has no boundary");
  Finder finder(body);
  const std::string delimiter = "\r\n--" + std::string(boundary);
  std::vector<Part> parts;
  Delimiter here = FindFirst(finder, delimiter);
  while (here.after == After::kPart) {
    if (parts.size() == kPartsMax) Refuse("it has over " + std::to_string(kPartsMax) + " parts");
    const std::string peeked =
        finder.Peek(here.end, static_cast<std::int64_t>(kPartHeadBytesMax) + 4);
    const auto head_end = peeked.starts_with("\r\n") ? 0 : peeked.find("\r\n\r\n");
    if (head_end == std::string::npos) Refuse("the head of a part does not end in time");
    // Each line keeps its CRLF; a part without any header line has an empty head.
    const std::size_t lines = head_end == 0 ? 0 : head_end + 2;
    Part part = ReadPartHead(std::string_view(peeked).substr(0, lines));
    part.offset = here.end + static_cast<std::int64_t>(lines) + 2;
    // The blank line's CRLF may be the delimiter's own: an empty part.
    here = FindDelimiter(finder, delimiter, part.offset - 2);
    part.length = std::max<std::int64_t>(0, here.begin - part.offset);
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace outpost::http
