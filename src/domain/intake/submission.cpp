#include "domain/intake/submission.h"

#include <utility>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "format/xml/xml.h"

namespace outpost::intake {
namespace {

constexpr const char* kMissingXmlns = "Form is missing a required field: XMLNS";

bool HasTooLongId(const forms::FormIdentity& identity) {
  return CountCharacters(identity.form_id) > kIdCharactersMax ||
         CountCharacters(identity.xmlns) > kIdCharactersMax ||
         (identity.user_id && CountCharacters(*identity.user_id) > kIdCharactersMax);
}

void ReadForm(ParsedSubmission& parsed) {
  const auto document = xml::Document::Parse(parsed.submission.xml);
  parsed.identity = forms::ReadIdentity(document);
  if (parsed.identity.xmlns.empty()) {
    parsed.malformed = kMissingXmlns;
    return;
  }
  if (HasTooLongId(parsed.identity)) {
    parsed.malformed = "The form's id, user id and namespace may have at most 255 characters";
    return;
  }
  if (parsed.identity.xmlns == forms::kDeviceReportXmlns) {
    parsed.report = device_logs::Prepare(document, parsed.submission.xml);
    return;
  }
  parsed.found = cases::FindCaseBlocks(document);
  parsed.ledgers = ledgers::FindMovements(document);
}

}  // namespace

ParsedSubmission ParseStored(Submission submission) {
  ParsedSubmission parsed;
  parsed.submission = std::move(submission);
  try {
    ReadForm(parsed);
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kMalformed) throw;
    parsed.malformed = std::string("Invalid XML: ") + problem.told();
  }
  if (parsed.malformed) {
    parsed.identity = {};
    parsed.identity.form_id = NewHexId();
  } else if (parsed.submission.acknowledged_id) {
    parsed.identity.form_id = *parsed.submission.acknowledged_id;
  } else if (parsed.identity.form_id.empty()) {
    parsed.identity.form_id = NewUuid();
  }
  return parsed;
}

ParsedSubmission Parse(Submission submission, const blobs::BlobStore& blobs) {
  auto parsed = ParseStored(std::move(submission));
  if (parsed.report) {
    device_logs::MoveLargeToBlob(*parsed.report, blobs);
  } else {
    parsed.xml = forms::PrepareXml(parsed.submission.xml, blobs);
  }
  return parsed;
}

}  // namespace outpost::intake
