#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "domain/intake/intake.h"
#include "domain/intake/submission.h"

/// Forms received while a project is on hold (operations document 5.17): stored as they came,
/// applied later in the order received.
namespace outpost::intake {

Receipt Hold(sql::Batch& batch, const ParsedSubmission& parsed, const blobs::BlobStore& blobs);

struct HeldForm {
  std::int64_t row = 0;
  Submission submission;
};
/// The oldest held forms of a project.
std::vector<HeldForm> ReadHeld(sql::Connection& connection, const blobs::BlobStore& blobs,
                               const std::shared_ptr<const projects::Project>& project, int limit);
void RemoveHeld(sql::Batch& batch, std::int64_t row);

}  // namespace outpost::intake
