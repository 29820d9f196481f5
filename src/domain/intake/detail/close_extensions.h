#pragma once

#include "domain/intake/submission.h"
#include "store/blobs/blobs.h"
#include "store/sql/writer.h"

namespace outpost::intake {

/// After a form took effect, where the project wants it: closes the open extension cases of every
/// closed case that the form touches, and theirs, with one form of the server's own (submission
/// document 18). In the same transaction.
void CloseExtensions(sql::Batch& batch, const ParsedSubmission& parsed,
                     const blobs::BlobStore& blobs);

}  // namespace outpost::intake
