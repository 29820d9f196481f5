#include "services/mobile/receiver/submission_parts.h"

#include <algorithm>
#include <array>

#include "base/problem.h"
#include "base/text.h"
#include "domain/intake/submission.h"
#include "http/multipart.h"

namespace outpost::mobile {
namespace {

constexpr std::string_view kFormPartName = "xml_submission_file";

// Texts of submission document 3.3; support staff and clients know them.
constexpr const char* kNoFormPart =
    "If you use multipart/form-data, please name your file xml_submission_file.\nYou may also do a "
    "normal (non-multipart) post with the xml submission as the request body instead.\n";
constexpr const char* kEmptyFormPart =
    "If you use multipart/form-data, the file xml_submission_file must not have an empty "
    "payload\n";
constexpr const char* kEmptyBody = "Post may not have an empty body\n";
constexpr const char* kFormTooLarge = "Form exceeds 10MB size limit\n";
constexpr const char* kAttachmentTooLarge = "Attachment exceeds 15MB size limit\n";
constexpr const char* kPlainField = "Received a submission with POST.keys()";
constexpr const char* kNotXml =
    "If you use multipart/form-data, please use xml file only for submitting form xml. You may "
    "also do a normal (non-multipart) with the xml submission as the request body instead\n";
constexpr const char* kAttachmentRefused =
    "If you use multipart/form-data, please use the following supported file extensions for "
    "attachments: ";

constexpr std::array<std::string_view, 26> kExtensions = {
    "jpg", "jpeg", "png",  "pdf",  "3ga", "mp3",  "wav",  "amr",   "qcp",
    "ogg", "3gpp", "3gp",  "3gp2", "3g2", "mp4",  "mpg4", "mpeg4", "m4v",
    "mpg", "mpeg", "html", "rtf",  "txt", "docx", "xlsx", "msg"};

std::string ExtensionOf(std::string_view filename) {
  const auto dot = filename.rfind('.');
  return dot == std::string_view::npos ? std::string() : ToLower(filename.substr(dot + 1));
}

bool IsAcceptedAttachment(const http::Part& part) {
  const std::string extension = ExtensionOf(part.filename);
  if (std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end()) {
    return true;
  }
  const std::string type = ToLower(part.content_type);
  return type.starts_with("audio/") || type.starts_with("image/") || type.starts_with("video/") ||
         type == "application/octet-stream" || type == "application/pdf";
}

std::string AttachmentRefusal() {
  std::string text = kAttachmentRefused;
  for (const auto extension : kExtensions) {
    if (extension != kExtensions.front()) text += ", ";
    text += extension;
  }
  return text + '\n';
}

std::optional<Refusal> CheckFormPart(const http::Part* form) {
  if (form == nullptr) return Refusal{400, kNoFormPart};
  if (form->length > intake::kFormXmlBytesMax) return Refusal{413, kFormTooLarge};
  if (!form->filename.ends_with(".xml")) return Refusal{422, kNotXml, true};
  return std::nullopt;
}

std::optional<Refusal> CheckAttachment(const http::Part& part) {
  if (part.length > intake::kAttachmentBytesMax) return Refusal{413, kAttachmentTooLarge};
  if (!IsAcceptedAttachment(part)) return Refusal{422, AttachmentRefusal(), true};
  return std::nullopt;
}

/// Same name twice: the last one counts.
void PutAttachment(std::vector<AttachmentPart>& attachments, const http::Part& part) {
  const auto same = std::find_if(attachments.begin(), attachments.end(),
                                 [&](const auto& known) { return known.name == part.name; });
  AttachmentPart attachment{part.name, part.content_type, part.offset, part.length};
  if (same == attachments.end()) {
    attachments.push_back(std::move(attachment));
  } else {
    *same = std::move(attachment);
  }
}

std::variant<SubmissionParts, Refusal> SplitMultipart(const http::Request& request,
                                                      std::string_view boundary) {
  std::vector<http::Part> parts;
  try {
    parts = http::ParseMultipart(request.body, boundary);
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kMalformed) throw;
    return Refusal{400, kNoFormPart, false, false};
  }
  const http::Part* form = nullptr;
  for (const auto& part : parts) {
    if (!part.has_filename) return Refusal{400, kPlainField};
    if (part.name == kFormPartName) form = &part;
  }
  if (auto refusal = CheckFormPart(form)) return *refusal;
  SubmissionParts split;
  for (const auto& part : parts) {
    if (part.name == kFormPartName) continue;
    if (auto refusal = CheckAttachment(part)) return *refusal;
    PutAttachment(split.attachments, part);
  }
  if (form->length == 0) return Refusal{400, kEmptyFormPart};
  split.xml = request.body.Read(form->offset, form->length);
  return split;
}

}  // namespace

std::variant<SubmissionParts, Refusal> SplitSubmission(const http::Request& request) {
  const auto content_type = request.headers.Find("Content-Type").value_or("");
  if (ToLower(content_type.substr(0, 19)) == "multipart/form-data") {
    return SplitMultipart(request, http::BoundaryOf(content_type));
  }
  if (request.body.length() == 0) return Refusal{400, kEmptyBody};
  if (request.body.length() > intake::kFormXmlBytesMax) return Refusal{413, kFormTooLarge};
  return SubmissionParts{request.body.Read(0, request.body.length()), {}};
}

}  // namespace outpost::mobile
