#include "domain/intake/apply_blocks.h"

#include <algorithm>

#include "base/text.h"
#include "domain/intake/submission.h"

namespace outpost::intake {
namespace {

using cases::Case;
using cases::CaseBlock;
using cases::ContentError;

std::optional<ContentError> CheckCaseId(std::string_view case_id) {
  if (case_id.empty()) return ContentError{"IllegalCaseId", "case_id must not be empty"};
  if (CountCharacters(case_id) > kIdCharactersMax) {
    return ContentError{"CaseValueError",
                        "Error processing case update: Field: case_id, Error: Value exceeds "
                        "allowed length: 255"};
  }
  return std::nullopt;
}

/// The change under way for this case, started from the stored case or from nothing.
CaseChange& ChangeOf(std::vector<CaseChange>& changes, const CaseBlock& block,
                     const cases::FormContext& form, const CaseLookup& lookup) {
  if (!changes.empty() && changes.back().value.case_id == block.case_id) return changes.back();
  CaseChange change;
  if (const Case* stored = lookup(block.case_id)) {
    change.value = *stored;
  } else {
    change.value.case_id = block.case_id;
  }
  change.type_bits = cases::kFormTransaction;
  change.client_date = block.date_modified ? *block.date_modified : form.now;
  changes.push_back(std::move(change));
  return changes.back();
}

/// After the whole form: every index of a case that this form re-indexed must lead to a case that
/// is stored or made by this form.
std::optional<ContentError> CheckIndices(const std::vector<CaseChange>& changes,
                                         const CaseLookup& lookup) {
  const auto is_made_here = [&](std::string_view id) {
    const auto at = std::lower_bound(changes.begin(), changes.end(), id,
                                     [](const CaseChange& change, std::string_view wanted) {
                                       return change.value.case_id < wanted;
                                     });
    return at != changes.end() && at->value.case_id == id;
  };
  for (const auto& change : changes) {
    if ((change.type_bits & cases::kIndexTransaction) == 0) continue;
    for (const auto& index : change.value.indices) {
      if (is_made_here(index.referenced_id) || lookup(index.referenced_id) != nullptr) continue;
      return ContentError{"InvalidCaseIndex", "Case '" + change.value.case_id +
                                                  "' references non-existent case '" +
                                                  index.referenced_id + "'"};
    }
  }
  return std::nullopt;
}

}  // namespace

CaseChanges ApplyBlocks(const std::vector<CaseBlock>& blocks, const cases::FormContext& form,
                        const CaseLookup& lookup) {
  CaseChanges result;
  for (const auto& block : blocks) {
    result.error = CheckCaseId(block.case_id);
    if (!result.error) {
      CaseChange& change = ChangeOf(result.changes, block, form, lookup);
      result.error = cases::ApplyBlock(change.value, block, form, change.type_bits);
    }
    if (result.error) return {{}, std::move(result.error)};
  }
  result.error = CheckIndices(result.changes, lookup);
  if (result.error) result.changes.clear();
  return result;
}

}  // namespace outpost::intake
