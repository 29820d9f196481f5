#pragma once

#include <memory>
#include <optional>
#include <string>

#include "domain/intake/intake.h"
#include "domain/intake/submission.h"

/// Forms that the server makes itself: no case changes without a form, so history and rebuild work
/// everywhere (submission document 21).
namespace outpost::intake {

struct ServerForm {
  std::shared_ptr<const projects::Project> project;
  std::string xmlns = "http://commcarehq.org/case";
  std::string device_id;  // names the tool
  std::string user_id = "system", username = "system";
  std::string blocks;  // case and ledger blocks as XML, escaped
  Instant at;
  std::optional<std::string> last_sync_token;
};

/// A submission with a fresh form id, vouched for by the server.
Submission SubmissionOf(const ServerForm& form);

/// Stores a form of the server's own and applies it, inside a batch that does more. What
/// ParseStored made of it will do; its bytes are packed here.
Receipt ApplyServerForm(sql::Batch& batch, ParsedSubmission form, const blobs::BlobStore& blobs);

}  // namespace outpost::intake
