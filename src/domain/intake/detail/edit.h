#pragma once

#include "domain/forms/form_record.h"
#include "domain/intake/intake.h"

namespace outpost::intake {

/// Replaces a stored form by a new version under the same id and rebuilds every case that either
/// version touches (submission document 10.1). Decides everything before the first write.
Receipt StoreEdit(sql::Batch& batch, const ParsedSubmission& parsed,
                  const forms::FormRecord& existing, const blobs::BlobStore& blobs);

}  // namespace outpost::intake
