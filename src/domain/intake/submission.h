#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "domain/cases/case_block.h"
#include "domain/device_logs/report_store.h"
#include "domain/forms/form_record.h"
#include "domain/forms/form_store.h"
#include "domain/forms/form_xml.h"
#include "domain/ledgers/ledger.h"
#include "domain/projects/projects.h"
#include "store/blobs/blobs.h"

/// A form as it came in, and what can be said about it before the writer looks at the stores.
namespace outpost::intake {

inline constexpr std::int64_t kFormXmlBytesMax = 10LL << 20;
inline constexpr std::int64_t kAttachmentBytesMax = 15LL << 20;
inline constexpr std::size_t kIdCharactersMax = 255;

struct ReceivedAttachment {
  std::string name;
  std::string content_type;
  blobs::Prepared blob;
};

/// What a caller hands in. The XML are the exact bytes received.
struct Submission {
  std::shared_ptr<const projects::Project> project;
  std::string xml;
  std::vector<ReceivedAttachment> attachments;
  forms::RequestFacts request;
  std::optional<std::string> app_id, build_id;
  Instant received_on;
  /// The id this form was acknowledged under while the project was on hold.
  std::optional<std::string> acknowledged_id;
};

/// A submission that was read once: everything the rules need, so that the writer parses nothing.
struct ParsedSubmission {
  Submission submission;
  /// Set when the bytes are no form ("Invalid XML: …", "Form is missing a required field: XMLNS").
  std::optional<std::string> malformed;
  forms::FormIdentity identity;  // form_id is never empty
  cases::FoundBlocks found;
  ledgers::FoundMovements ledgers;
  forms::PreparedXml xml;
  /// Set for a device report, which is no form: it has no blocks, and `xml` is empty.
  std::optional<device_logs::PreparedReport> report;
  bool wants_affected_cases = false;  // in the receipt: web entry shows them
};

/// Reads, hashes and compresses. Threads: any; pure but for large XML, which becomes a blob file.
ParsedSubmission Parse(Submission submission, const blobs::BlobStore& blobs);
/// The same for a form that is stored already: `xml` of the result stays empty.
ParsedSubmission ParseStored(Submission submission);

}  // namespace outpost::intake
