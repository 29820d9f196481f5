#include "domain/intake/detail/reprocess.h"

#include <set>

#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/detail/effects.h"
#include "domain/intake/detail/rebuild_case.h"
#include "domain/ledgers/ledger_store.h"

namespace outpost::intake {
namespace {

using forms::FormRecord;

/// Cases that changed after the form was received: it must take its place before those changes.
std::set<std::string> LateCases(sql::Batch& batch, std::int64_t project, const FormRecord& form,
                                const Effects& effects) {
  std::set<std::string> late;
  for (const auto& change : effects.cases) {
    const auto* stored = batch.State<cases::CaseSet>().Find(project, change.value.case_id);
    if (stored != nullptr && stored->server_modified_on > form.received_on) {
      late.insert(change.value.case_id);
    }
  }
  return late;
}

/// Replays what came later on top of the form's effects, which are written already.
void PutInOrder(sql::Batch& batch, const blobs::BlobStore& blobs, std::int64_t project,
                const FormRecord& form, const ParsedSubmission& parsed,
                const std::set<std::string>& late) {
  for (const auto& case_id : late) {
    RebuildPlan plan;
    plan.now = batch.now();
    RebuildCase(batch, blobs, project, case_id, plan, {cases::kFormReprocessRebuild, ""});
  }
  for (auto& change : LinesOf(parsed.ledgers.movements, form)) {
    if (!late.contains(change.key.case_id)) continue;
    const auto case_row = batch.State<cases::CaseSet>().Find(project, change.key.case_id)->row;
    ledgers::Revise(batch, project, {change.key, case_row},
                    {form.row, std::move(change.transactions), true});
  }
}

}  // namespace

Receipt Reprocess(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord& existing,
                  const blobs::BlobStore& blobs) {
  const std::int64_t project = parsed.submission.project->row;
  auto effects = DecideEffects(batch, parsed, ContextOf(parsed, existing));
  FormRecord form = existing;
  form.server_modified_on = batch.now();
  form.is_complete = !effects.error;
  form.problem = effects.error ? std::optional(effects.error->Told()) : std::nullopt;
  form.state = effects.error ? forms::FormState::kError : forms::FormState::kNormal;
  batch.State<forms::FormSet>().UpdateState(project, form);
  if (effects.error) return {Outcome::kErrorAgain, form.form_id, form.form_id, *form.problem};
  const auto late = LateCases(batch, project, form, effects);
  WriteEffects(batch, project, form, std::move(effects));
  PutInOrder(batch, blobs, project, form, parsed, late);
  return {Outcome::kProcessed, form.form_id, form.form_id, {}};
}

}  // namespace outpost::intake
