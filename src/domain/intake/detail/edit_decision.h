#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/cases/case.h"
#include "domain/forms/form_record.h"
#include "domain/intake/submission.h"
#include "domain/ledgers/ledger.h"
#include "store/blobs/blobs.h"
#include "store/sql/writer.h"

namespace outpost::intake {

struct RebuiltCase {
  cases::Case value;
  bool gains_form = false;  // the form has no transaction for it yet
  std::int64_t bits = 0;
  std::optional<Instant> client_date;
  bool is_ledger_only = false;
};

/// What becomes of the cases and ledgers of a form whose content is exchanged.
struct EditDecision {
  std::vector<RebuiltCase> cases;
  /// Ledgers of either version with the lines of the new one.
  std::map<ledgers::Key, std::vector<ledgers::Transaction>> ledgers;
  std::optional<cases::ContentError> error;
};

/// Decides, without writing, what the form with row `changed.row` does with new content: every case
/// that the content in effect or the new one touches is computed anew, as a whole or not at all.
EditDecision DecideEdit(sql::Batch& batch, const ParsedSubmission& parsed,
                        const forms::FormRecord& existing, const forms::FormRecord& changed,
                        const blobs::BlobStore& blobs);

/// Writes what was decided, once the form itself is written. `type` says what kind of rebuild it
/// is.
void WriteEdit(sql::Batch& batch, std::int64_t project, const forms::FormRecord& form,
               EditDecision decision, std::int64_t type);

}  // namespace outpost::intake
