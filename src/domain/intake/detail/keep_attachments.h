#pragma once

#include <vector>

#include "domain/forms/form_record.h"
#include "domain/intake/submission.h"

namespace outpost::intake {

/// Makes a submission's files part of the transaction.
std::vector<forms::Attachment> KeepAttachments(sql::Batch& batch, const Submission& submission,
                                               const blobs::BlobStore& blobs);

}  // namespace outpost::intake
