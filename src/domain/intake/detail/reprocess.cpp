#include "domain/intake/detail/reprocess.h"

#include <set>

#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/detail/close_extensions.h"
#include "domain/intake/detail/edit_decision.h"
#include "domain/intake/detail/effects.h"
#include "domain/intake/detail/phone_effect.h"
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
  StoredForms stored(batch, blobs, *parsed.submission.project);
  RebuildPlan plan;
  plan.now = batch.now();
  for (const auto& case_id : late) {
    RebuildCase(stored, case_id, plan, {cases::kFormReprocessRebuild, ""});
  }
  for (auto& change : LinesOf(parsed.ledgers.movements, form)) {
    if (!late.contains(change.key.case_id)) continue;
    const auto case_row = batch.State<cases::CaseSet>().Find(project, change.key.case_id)->row;
    ledgers::Revise(batch, project, {change.key, case_row},
                    {form.row, std::move(change.transactions), true});
  }
}

/// The form as it is when processing ended with this error, or well.
FormRecord Judged(const FormRecord& existing, const std::optional<cases::ContentError>& error,
                  Instant now) {
  FormRecord form = existing;
  form.server_modified_on = now;
  form.is_complete = !error;
  form.problem = error ? std::optional(error->Told()) : std::nullopt;
  form.state = error ? forms::FormState::kError : forms::FormState::kNormal;
  return form;
}

/// A form that never took effect. @returns the problem, if any.
std::optional<std::string> TakeEffect(sql::Batch& batch, const ParsedSubmission& parsed,
                                      const FormRecord& existing, const blobs::BlobStore& blobs) {
  const std::int64_t project = parsed.submission.project->row;
  auto effects = DecideEffects(batch, parsed, existing);
  const FormRecord form = Judged(existing, effects.error, batch.now());
  batch.State<forms::FormSet>().UpdateState(project, form);
  if (effects.error) return form.problem;
  const auto late = LateCases(batch, project, form, effects);
  WriteEffects(batch, project, form, std::move(effects));
  PutInOrder(batch, blobs, project, form, parsed, late);
  return std::nullopt;
}

/// An edit that was refused, of a form whose earlier version is in effect.
std::optional<std::string> ReplaceEffect(sql::Batch& batch, const ParsedSubmission& parsed,
                                         const FormRecord& existing,
                                         const blobs::BlobStore& blobs) {
  const std::int64_t project = parsed.submission.project->row;
  auto decision = DecideEdit(batch, parsed, existing, existing, blobs);
  const FormRecord form = Judged(existing, decision.error, batch.now());
  batch.State<forms::FormSet>().UpdateState(project, form);
  if (decision.error) return form.problem;
  WriteEdit(batch, project, form, std::move(decision), cases::kFormReprocessRebuild);
  return std::nullopt;
}

}  // namespace

Receipt Reprocess(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord& existing,
                  const blobs::BlobStore& blobs) {
  const bool is_edit = VersionInEffect(batch, parsed.submission.project->row, existing).has_value();
  const auto problem = is_edit ? ReplaceEffect(batch, parsed, existing, blobs)
                               : TakeEffect(batch, parsed, existing, blobs);
  if (problem) return {Outcome::kErrorAgain, existing.form_id, existing.form_id, *problem};
  RecordOnPhone(batch, parsed);
  CloseExtensions(batch, parsed, blobs);
  return {Outcome::kProcessed, existing.form_id, existing.form_id, {}};
}

}  // namespace outpost::intake
