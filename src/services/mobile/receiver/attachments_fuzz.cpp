#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "base/problem.h"
#include "base/text.h"
#include "services/mobile/receiver/submission_parts.h"

namespace {

bool IsStorable(const std::string& text) {
  return outpost::IsValidUtf8(text) && text.find('\0') == std::string::npos;
}

}  // namespace

/// Any multipart body: a refusal, or a form with files whose names are text, each there once, and
/// whose bytes lie in the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace outpost;
  http::Request request;
  request.headers.Add("Content-Type", "multipart/form-data; boundary=b");
  request.body = http::Body(std::string(reinterpret_cast<const char*>(data), size));
  const auto split = mobile::SplitSubmission(request);
  if (const auto* refusal = std::get_if<mobile::Refusal>(&split)) {
    OUTPOST_CHECK(refusal->status >= 400 && refusal->status < 500 && !refusal->text.empty());
    return 0;
  }
  std::set<std::string> names;
  for (const auto& file : std::get<mobile::SubmissionParts>(split).attachments) {
    OUTPOST_CHECK(!file.name.empty() && IsStorable(file.name) && IsStorable(file.content_type));
    OUTPOST_CHECK(names.insert(file.name).second);
    OUTPOST_CHECK(file.offset >= 0 && file.length >= 0);
    OUTPOST_CHECK(file.offset + file.length <= request.body.length());
  }
  return 0;
}
