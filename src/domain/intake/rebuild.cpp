#include "domain/intake/rebuild.h"

#include <algorithm>

#include "domain/forms/form_store.h"

namespace outpost::intake {
namespace {

using cases::Case;
using cases::CaseBlock;
using cases::Transaction;

/// One form's part in the history of a case.
struct Step {
  Instant server_date;
  std::int64_t form_row = 0;  // 0: the replacement, where it touches the case for the first time
};

std::vector<Step> StepsOf(const std::vector<Transaction>& transactions, const RebuildPlan& plan) {
  std::vector<Step> steps;
  bool has_replaced = false;
  for (const auto& transaction : transactions) {
    if (transaction.form_row == 0) continue;
    const bool is_replaced = transaction.form_row == plan.replaced_form_row;
    if (transaction.is_revoked && !is_replaced) continue;
    has_replaced |= is_replaced;
    steps.push_back({transaction.server_date, transaction.form_row});
  }
  if (plan.replacement != nullptr && !has_replaced) {
    steps.push_back({plan.received_on, 0});
  }
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) { return a.server_date < b.server_date; });
  return steps;
}

bool WasDeletedExplicitly(const Case& before, const std::vector<Transaction>& transactions,
                          const RebuildPlan& plan) {
  if (!before.is_deleted) return false;
  return std::any_of(transactions.begin(), transactions.end(), [&](const Transaction& t) {
    return t.form_row != 0 && !t.is_revoked && t.form_row != plan.restored_form_row;
  });
}

/// `blocks` are by case id, as FindCaseBlocks gives them.
std::optional<cases::ContentError> ApplyOfCase(Case& c, const std::vector<CaseBlock>& blocks,
                                               const cases::FormContext& form) {
  auto block = std::lower_bound(
      blocks.begin(), blocks.end(), c.case_id,
      [](const CaseBlock& one, const std::string& id) { return one.case_id < id; });
  std::int64_t bits = 0;
  for (; block != blocks.end() && block->case_id == c.case_id; ++block) {
    if (auto error = cases::ApplyBlock(c, *block, form, bits)) return error;
  }
  return std::nullopt;
}

bool IsReplacement(const Step& step, const RebuildPlan& plan) {
  return plan.replacement != nullptr &&
         (step.form_row == 0 || step.form_row == plan.replaced_form_row);
}

}  // namespace

std::optional<forms::FormRecord> VersionInEffect(sql::Batch& batch, std::int64_t project,
                                                 const forms::FormRecord& form) {
  std::optional<forms::FormRecord> version = form;
  while (version && !version->is_complete) {
    if (!version->deprecated_form_id) return std::nullopt;
    version = forms::FindForm(batch.connection(), batch.database(), project,
                              *version->deprecated_form_id);
  }
  return version;
}

std::optional<StoredForms::Form> StoredForms::Read(std::int64_t form_row) {
  auto& connection = batch_.connection();
  const auto stored = forms::FindFormByRow(connection, form_row);
  if (!stored || stored->state == forms::FormState::kArchived) return std::nullopt;
  const auto version = VersionInEffect(batch_, project_.row, *stored);
  if (!version) return std::nullopt;
  Form form{version->form_id,
            version->user_id.value_or(""),
            ContentOf(connection, blobs_, *version, ahead_)->blocks,
            {}};
  if (keeps_case_attachments()) form.files = forms::ListAttachments(connection, version->row);
  return form;
}

const StoredForms::Form* StoredForms::InEffect(std::int64_t form_row) {
  auto at = known_.find(form_row);
  if (at == known_.end()) {
    if (known_.size() >= kFormsMax) known_.clear();
    at = known_.emplace(form_row, Read(form_row)).first;
  }
  return at->second ? &*at->second : nullptr;
}

Rebuilt Rebuild(StoredForms& stored, const Case& before,
                const std::vector<Transaction>& transactions, const RebuildPlan& plan) {
  Rebuilt result{before, std::nullopt};
  Case& c = result.value;
  cases::ResetForRebuild(c);
  const auto steps = StepsOf(transactions, plan);
  for (const auto& step : steps) {
    if (IsReplacement(step, plan)) {
      const auto& identity = plan.replacement->identity;
      result.error = ApplyOfCase(c, plan.replacement->found.blocks,
                                 {identity.user_id.value_or(""), step.server_date, identity.form_id,
                                  plan.replacement_files});
      if (result.error) return result;
    } else if (const auto* form = stored.InEffect(step.form_row)) {
      // What was accepted once applies again; blocks that would not are passed over.
      ApplyOfCase(c, form->blocks,
                  {form->user_id, step.server_date, form->form_id,
                   stored.keeps_case_attachments() ? &form->files : nullptr});
    }
  }
  c.is_deleted = WasDeletedExplicitly(before, transactions, plan) || steps.empty();
  c.deleted_on = c.is_deleted ? std::optional(before.deleted_on.value_or(plan.now)) : std::nullopt;
  if (!c.modified_on) c.modified_on = plan.now;
  return result;
}

}  // namespace outpost::intake
