#include "domain/intake/detail/edit_decision.h"

#include <algorithm>
#include <boost/json.hpp>

#include "domain/cases/case_store.h"
#include "domain/intake/detail/effects.h"
#include "domain/intake/rebuild.h"
#include "domain/ledgers/ledger_store.h"

namespace outpost::intake {
namespace {

using forms::FormRecord;

/// A case of either version as it is without the old content and with the new.
std::optional<cases::ContentError> DecideCase(StoredForms& stored, const RebuildPlan& plan,
                                              const cases::Case& start, const CaseChange* own,
                                              EditDecision& decision) {
  const auto transactions = cases::ListTransactions(stored.batch().connection(), start.row);
  auto rebuilt = Rebuild(stored, start, transactions, plan);
  if (rebuilt.error) return rebuilt.error;
  RebuiltCase one;
  one.value = std::move(rebuilt.value);
  if (own != nullptr) {
    one.gains_form = std::none_of(
        transactions.begin(), transactions.end(),
        [&](const cases::Transaction& t) { return t.form_row == plan.replaced_form_row; });
    one.bits = own->type_bits;
    one.client_date = own->client_date;
    one.is_ledger_only = own->is_ledger_only;
  }
  decision.cases.push_back(std::move(one));
  return std::nullopt;
}

/// The form's own transaction on a case that it touches for the first time, or again.
void WriteOwnTransaction(sql::Batch& batch, std::int64_t project, const FormRecord& form,
                         RebuiltCase& one) {
  auto& known = batch.State<cases::CaseSet>();
  if (one.gains_form) {
    cases::Transaction gained;
    gained.form_row = form.row;
    gained.type = one.bits;
    gained.server_date = form.received_on;
    gained.client_date = one.client_date;
    if (!one.is_ledger_only) gained.sync_log_id = form.request.last_sync_token;
    known.Put(project, one.value, std::move(gained));
    one.value.row = known.Find(project, one.value.case_id)->row;
  } else {
    cases::SetRevoked(batch, one.value.row, form.row, false);
  }
}

}  // namespace

EditDecision DecideEdit(sql::Batch& batch, const ParsedSubmission& parsed,
                        const FormRecord& existing, const FormRecord& changed,
                        const blobs::BlobStore& blobs) {
  // The new version's own rules (ids, fields, indices, ledgers) are those of any form.
  auto own = DecideEffects(batch, parsed, changed);
  EditDecision decision;
  decision.error = own.error;
  if (decision.error) return decision;
  StoredContent before;
  const std::int64_t project = parsed.submission.project->row;
  if (const auto in_effect = VersionInEffect(batch, project, existing)) {
    before = ReadStoredContent(batch.connection(), blobs, in_effect->row);
  }
  auto touched = TouchedCases(before.blocks, before.movements);
  touched.merge(TouchedCases(parsed.found.blocks, parsed.ledgers.movements));
  RebuildPlan plan;
  plan.now = batch.now();
  plan.replaced_form_row = existing.row;
  plan.replacement = &parsed;
  const auto files = CaseFilesOf(batch.connection(), parsed, existing.row);
  if (files) plan.replacement_files = &*files;
  plan.received_on = existing.received_on;
  StoredForms stored_forms(batch, blobs, *parsed.submission.project);
  auto& known = batch.State<cases::CaseSet>();
  for (const auto& id : touched) {
    cases::Case start;
    start.case_id = id;
    if (const auto* stored = known.Find(project, id)) start = *stored;
    decision.error = DecideCase(stored_forms, plan, start, FindChange(own.cases, id), decision);
    if (decision.error) return decision;
  }
  for (const auto& movement : before.movements) decision.ledgers[movement.key];
  for (auto& change : LinesOf(parsed.ledgers.movements, changed)) {
    decision.ledgers[change.key] = std::move(change.transactions);
  }
  return decision;
}

void WriteEdit(sql::Batch& batch, std::int64_t project, const FormRecord& form,
               EditDecision decision, std::int64_t type) {
  auto& known = batch.State<cases::CaseSet>();
  for (auto& one : decision.cases) {
    one.value.server_modified_on = batch.now();
    WriteOwnTransaction(batch, project, form, one);
    cases::Transaction transaction;
    transaction.type = type;
    transaction.server_date = batch.now();
    const bool is_edit = type == cases::kFormEditRebuild;
    transaction.details = boost::json::serialize(
        boost::json::object{{"type", is_edit ? "form_edit_rebuild" : "form_reprocess_rebuild"},
                            {"form_id", form.form_id}});
    known.Put(project, std::move(one.value), std::move(transaction));
  }
  for (auto& [key, lines] : decision.ledgers) {
    const auto* owner = known.Find(project, key.case_id);
    if (owner == nullptr) continue;
    ledgers::Revise(batch, project, {key, owner->row}, {form.row, std::move(lines), true});
  }
}

}  // namespace outpost::intake
