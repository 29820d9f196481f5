#include <cstddef>
#include <cstdint>
#include <string>

#include "base/problem.h"
#include "http/multipart.h"

/// Any body under a short boundary: parts lie inside the body, in order, without overlap.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace outpost;
  const http::Body body(std::string(reinterpret_cast<const char*>(data), size));
  try {
    std::int64_t end = 0;
    for (const auto& part : http::ParseMultipart(body, "b")) {
      OUTPOST_CHECK(part.offset >= end && part.length >= 0);
      end = part.offset + part.length;
      OUTPOST_CHECK(end <= body.length());
    }
  } catch (const Problem& problem) {
    OUTPOST_CHECK(problem.kind() == ProblemKind::kMalformed);
  }
  return 0;
}
