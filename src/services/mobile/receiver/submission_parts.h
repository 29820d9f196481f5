#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "http/message.h"

/// Splits a request into the form and its attachments (submission document 3). Bytes of
/// attachments are not touched: they are named by their place in the body.
namespace outpost::mobile {

struct AttachmentPart {
  std::string name;
  std::string content_type;
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

struct SubmissionParts {
  std::string xml;
  std::vector<AttachmentPart> attachments;
};

/// A refusal before parsing: plain text, or an OpenRosa envelope where `is_envelope`.
struct Refusal {
  int status = 400;
  std::string text;
  bool is_envelope = false;
  /// Sending it again will not help; a body that was cut on its way may come through whole.
  bool is_hopeless = true;
};

std::variant<SubmissionParts, Refusal> SplitSubmission(const http::Request& request);

}  // namespace outpost::mobile
