#pragma once

#include "domain/intake/submission.h"
#include "store/sql/writer.h"

namespace outpost::intake {

/// Announces the sync log whose token a form carries.
void AnnounceSyncLog(sql::Batch& batch, const ParsedSubmission& parsed);

/// A form that carries a sync token has taken effect: the phone it came from holds what its blocks
/// say (restore document 10.2). Forms without a token, or of nobody, change no sync log.
void RecordOnPhone(sql::Batch& batch, const ParsedSubmission& parsed);

}  // namespace outpost::intake
