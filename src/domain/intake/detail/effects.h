#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/forms/form_record.h"
#include "domain/intake/apply_blocks.h"
#include "domain/intake/submission.h"
#include "domain/ledgers/ledger.h"
#include "store/sql/writer.h"

namespace outpost::intake {

/// What a form adds to one ledger. form_row is filled when it is written.
struct LedgerChange {
  ledgers::Key key;
  std::vector<ledgers::Transaction> transactions;
};

/// What a form does to cases and ledgers, decided before the first write; empty but for the error
/// when there is one.
struct Effects {
  std::vector<CaseChange> cases;  // by case id
  std::vector<LedgerChange> ledgers;
  std::optional<cases::ContentError> error;
};

/// Applies blocks and ledger lines on top of the cases and ledgers as the batch has them. `form` is
/// the record that it is or will be; its row is 0 when it is not stored yet.
Effects DecideEffects(sql::Batch& batch, const ParsedSubmission& parsed,
                      const forms::FormRecord& form);

/// Writes what was decided, under a form that is stored: one transaction per case, those of the
/// ledgers, and the change records.
void WriteEffects(sql::Batch& batch, std::int64_t project, const forms::FormRecord& form,
                  Effects effects);

/// The change of a case, null when there is none. `changes` are by case id.
CaseChange* FindChange(std::vector<CaseChange>& changes, const std::string& case_id);

/// The files that a form's case attachments may name: its own and those it has in the stores. Empty
/// where the project keeps none; without an element where the form names none.
std::optional<std::vector<forms::Attachment>> CaseFilesOf(sql::Connection& connection,
                                                          const ParsedSubmission& parsed,
                                                          std::int64_t form_row);

/// Ids of the cases that a form's blocks and ledger lines touch.
std::set<std::string> TouchedCases(const std::vector<cases::CaseBlock>& blocks,
                                   const std::vector<ledgers::Movement>& movements);

/// The form's lines by ledger, on top of no balance: what Revise takes.
std::vector<LedgerChange> LinesOf(const std::vector<ledgers::Movement>& movements,
                                  const forms::FormRecord& form);

}  // namespace outpost::intake
