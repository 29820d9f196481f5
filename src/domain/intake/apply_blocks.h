#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/cases/case.h"
#include "domain/cases/case_block.h"

/// Decides what a form's case blocks do to the cases it touches (submission document 15 to 17).
/// Pure: cases come in through a look-up and go out as values; nothing is written.
namespace outpost::intake {

struct CaseChange {
  cases::Case value;
  std::int64_t type_bits = 0;
  std::optional<Instant> client_date;
  bool is_ledger_only = false;  // the form has no block for it
};

struct CaseChanges {
  std::vector<CaseChange> changes;  // by case id; empty when there is an error
  std::optional<cases::ContentError> error;
};

/// Finds a case of the project, null when there is none.
using CaseLookup = std::function<const cases::Case*(std::string_view case_id)>;

CaseChanges ApplyBlocks(const std::vector<cases::CaseBlock>& blocks, const cases::FormContext& form,
                        const CaseLookup& lookup);

}  // namespace outpost::intake
