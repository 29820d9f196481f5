#pragma once

#include "domain/intake/intake.h"
#include "domain/intake/submission.h"
#include "store/blobs/blobs.h"
#include "store/sql/writer.h"

namespace outpost::intake {

/// Announces to the batch what Process will look up.
void AnnounceLookups(sql::Batch& batch, const ParsedSubmission& parsed);

/// Decides what becomes of a form and writes it with its cases (submission document 10, 11, 16).
/// Decides everything before the first write.
Receipt Process(sql::Batch& batch, const ParsedSubmission& parsed, const blobs::BlobStore& blobs);

}  // namespace outpost::intake
