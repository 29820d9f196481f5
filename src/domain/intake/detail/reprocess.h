#pragma once

#include "domain/forms/form_record.h"
#include "domain/intake/intake.h"

namespace outpost::intake {

/// Processes a stored form in error again, with the cases as they are now (submission document
/// 11.4). `parsed` holds the same bytes. On success the form takes its place in time order: cases
/// that changed after it was received are rebuilt. @returns kProcessed or kErrorAgain.
Receipt Reprocess(sql::Batch& batch, const ParsedSubmission& parsed,
                  const forms::FormRecord& existing, const blobs::BlobStore& blobs);

}  // namespace outpost::intake
