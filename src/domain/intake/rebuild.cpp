#include "domain/intake/rebuild.h"

#include <algorithm>

#include "domain/forms/form_store.h"
#include "domain/intake/detail/effects.h"
#include "format/xml/xml.h"

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

std::optional<cases::ContentError> ApplyOfCase(Case& c, const std::vector<CaseBlock>& blocks,
                                               const cases::FormContext& form, std::int64_t& bits) {
  for (const auto& block : blocks) {
    if (block.case_id != c.case_id) continue;
    if (auto error = cases::ApplyBlock(c, block, form, bits)) return error;
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

StoredContent ReadStoredContent(sql::Connection& connection, const blobs::BlobStore& blobs,
                                std::int64_t form_row) {
  const auto document = xml::Document::Parse(forms::ReadXml(connection, blobs, form_row));
  return {cases::FindCaseBlocks(document).blocks, ledgers::FindMovements(document).movements};
}

Rebuilt Rebuild(sql::Batch& batch, const blobs::BlobStore& blobs, const Case& before,
                const std::vector<Transaction>& transactions, const RebuildPlan& plan) {
  Rebuilt result{before, 0, std::nullopt};
  Case& c = result.value;
  cases::ResetForRebuild(c);
  bool any_applied = false;
  for (const auto& step : StepsOf(transactions, plan)) {
    any_applied = true;
    if (IsReplacement(step, plan)) {
      const auto& replacement = *plan.replacement;
      cases::FormContext context{replacement.identity.user_id.value_or(""), step.server_date,
                                 replacement.identity.form_id};
      const auto files = FilesFor(batch.connection(), replacement, plan.replaced_form_row);
      if (plan.keeps_attachments) context.files = &files;
      result.error =
          ApplyOfCase(c, plan.replacement->found.blocks, context, result.replacement_bits);
      if (result.error) return result;
      continue;
    }
    const auto stored = forms::FindFormByRow(batch.connection(), step.form_row);
    if (!stored || stored->state == forms::FormState::kArchived) continue;
    const auto form = VersionInEffect(batch, plan.project, *stored);
    if (!form) continue;
    cases::FormContext context{form->user_id.value_or(""), step.server_date, form->form_id};
    const auto files = plan.keeps_attachments
                           ? forms::ListAttachments(batch.connection(), form->row)
                           : std::vector<forms::Attachment>{};
    if (plan.keeps_attachments) context.files = &files;
    std::int64_t bits = 0;
    // What was accepted once applies again; blocks that would not are passed over.
    ApplyOfCase(c, ReadStoredContent(batch.connection(), blobs, form->row).blocks, context, bits);
  }
  c.is_deleted = WasDeletedExplicitly(before, transactions, plan) || !any_applied;
  c.deleted_on = c.is_deleted ? std::optional(before.deleted_on.value_or(plan.now)) : std::nullopt;
  if (!c.modified_on) c.modified_on = plan.now;
  return result;
}

}  // namespace outpost::intake
