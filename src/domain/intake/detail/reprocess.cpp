#include "domain/intake/detail/reprocess.h"

#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/apply_blocks.h"
#include "domain/intake/rebuild.h"

namespace outpost::intake {
namespace {

using forms::FormRecord;

CaseChanges Decide(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord& form) {
  if (parsed.found.error) return {{}, parsed.found.error};
  auto& known = batch.State<cases::CaseSet>();
  return ApplyBlocks(
      parsed.found.blocks, {form.user_id.value_or(""), form.received_on},
      [&](std::string_view id) { return known.Find(parsed.submission.project->row, id); });
}

void WriteCase(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord& form,
               CaseChange change, const blobs::BlobStore& blobs) {
  auto& known = batch.State<cases::CaseSet>();
  const std::int64_t project = parsed.submission.project->row;
  const auto* stored = known.Find(project, change.value.case_id);
  const bool is_late = stored != nullptr && stored->server_modified_on > form.received_on;
  const std::string case_id = change.value.case_id;
  change.value.server_modified_on = form.received_on;
  cases::Transaction transaction;
  transaction.form_row = form.row;
  transaction.type = change.type_bits;
  transaction.server_date = form.received_on;
  transaction.client_date = change.client_date;
  transaction.sync_log_id = form.request.last_sync_token;
  known.Put(project, std::move(change.value), std::move(transaction));
  if (!is_late) return;
  const cases::Case& before = *known.Find(project, case_id);
  RebuildPlan plan;
  plan.now = batch.now();
  auto rebuilt =
      Rebuild(batch, blobs, before, cases::ListTransactions(batch.connection(), before.row), plan);
  rebuilt.value.server_modified_on = batch.now();
  cases::Transaction why;
  why.type = cases::kFormReprocessRebuild;
  why.server_date = batch.now();
  known.Put(project, std::move(rebuilt.value), std::move(why));
}

}  // namespace

Receipt Reprocess(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord& existing,
                  const blobs::BlobStore& blobs) {
  auto decided = Decide(batch, parsed, existing);
  FormRecord form = existing;
  form.server_modified_on = batch.now();
  form.is_complete = !decided.error;
  form.problem = decided.error ? std::optional(decided.error->Told()) : std::nullopt;
  form.state = decided.error ? forms::FormState::kError : forms::FormState::kNormal;
  batch.State<forms::FormSet>().UpdateState(parsed.submission.project->row, form);
  for (auto& change : decided.changes) {
    WriteCase(batch, parsed, form, std::move(change), blobs);
  }
  return {decided.error ? Outcome::kErrorAgain : Outcome::kProcessed, form.form_id, form.form_id,
          form.problem.value_or("")};
}

}  // namespace outpost::intake
