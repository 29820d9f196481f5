#include "domain/intake/detail/edit.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/detail/effects.h"
#include "domain/intake/detail/keep_attachments.h"
#include "domain/intake/rebuild.h"
#include "domain/ledgers/ledger_store.h"

namespace outpost::intake {
namespace {

using forms::FormRecord;

struct RebuiltCase {
  cases::Case value;
  bool gains_form = false;  // the form has no transaction for it yet
  std::int64_t bits = 0;
  std::optional<Instant> client_date;
  bool is_ledger_only = false;
};

struct EditDecision {
  std::vector<RebuiltCase> cases;
  /// Ledgers of either version with the lines of the new one.
  std::map<ledgers::Key, std::vector<ledgers::Transaction>> ledgers;
  std::optional<cases::ContentError> error;
};

const CaseChange* ChangeOf(const Effects& own, const std::string& case_id) {
  for (const auto& change : own.cases) {
    if (change.value.case_id == case_id) return &change;
  }
  return nullptr;
}

/// A case of either version as it is without the old content and with the new.
std::optional<cases::ContentError> DecideCase(sql::Batch& batch, const blobs::BlobStore& blobs,
                                              const RebuildPlan& plan, const cases::Case& start,
                                              const CaseChange* own, EditDecision& decision) {
  const auto transactions = cases::ListTransactions(batch.connection(), start.row);
  auto rebuilt = Rebuild(batch, blobs, start, transactions, plan);
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

/// The rebuilt cases must be refused or taken as a whole: nothing is written yet.
EditDecision Decide(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord& existing,
                    const FormRecord& changed, const blobs::BlobStore& blobs) {
  // The new version's own rules (ids, fields, indices, ledgers) are those of any form.
  const auto own = DecideEffects(batch, parsed, ContextOf(parsed, changed));
  EditDecision decision;
  decision.error = own.error;
  if (decision.error) return decision;
  StoredContent before;
  if (!existing.problem) before = ReadStoredContent(batch.connection(), blobs, existing.row);
  auto touched = TouchedCases(before.blocks, before.movements);
  touched.merge(TouchedCases(parsed.found.blocks, parsed.ledgers.movements));
  RebuildPlan plan;
  plan.now = batch.now();
  plan.replaced_form_row = existing.row;
  plan.replacement = &parsed;
  auto& known = batch.State<cases::CaseSet>();
  for (const auto& id : touched) {
    cases::Case start;
    start.case_id = id;
    if (const auto* stored = known.Find(parsed.submission.project->row, id)) start = *stored;
    decision.error = DecideCase(batch, blobs, plan, start, ChangeOf(own, id), decision);
    if (decision.error) return decision;
  }
  for (const auto& movement : before.movements) decision.ledgers[movement.key];
  for (auto& change : LinesOf(parsed.ledgers.movements, changed)) {
    decision.ledgers[change.key] = std::move(change.transactions);
  }
  return decision;
}

FormRecord NewVersion(const ParsedSubmission& parsed, const FormRecord& existing, Instant now) {
  FormRecord form;
  form.row = existing.row;
  form.form_id = existing.form_id;
  form.xmlns = parsed.identity.xmlns;
  form.user_id = parsed.identity.user_id;
  form.app_id = parsed.submission.app_id;
  form.build_id = parsed.submission.build_id;
  form.received_on = existing.received_on;
  form.server_modified_on = now;
  form.edited_on = now;
  form.request = parsed.submission.request;
  const auto& editor = parsed.submission.request.auth.user_id;
  form.history =
      forms::WithOperation(existing.history, "edit",
                           editor ? *editor : parsed.identity.user_id.value_or("unknown"), now);
  return form;
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

void WriteDecision(sql::Batch& batch, std::int64_t project, const FormRecord& form,
                   EditDecision decision) {
  auto& known = batch.State<cases::CaseSet>();
  for (auto& one : decision.cases) {
    one.value.server_modified_on = batch.now();
    WriteOwnTransaction(batch, project, form, one);
    cases::Transaction transaction;
    transaction.type = cases::kFormEditRebuild;
    transaction.server_date = batch.now();
    transaction.details = boost::json::serialize(
        boost::json::object{{"type", "form_edit_rebuild"}, {"form_id", form.form_id}});
    known.Put(project, std::move(one.value), std::move(transaction));
  }
  for (auto& [key, lines] : decision.ledgers) {
    const auto* owner = known.Find(project, key.case_id);
    if (owner == nullptr) continue;
    ledgers::Revise(batch, project, {key, owner->row}, {form.row, std::move(lines), true});
  }
}

}  // namespace

Receipt StoreEdit(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord& existing,
                  const blobs::BlobStore& blobs) {
  const FormRecord old = existing;  // Replace changes what `existing` refers to
  FormRecord form = NewVersion(parsed, old, batch.now());
  auto decision = Decide(batch, parsed, old, form, blobs);
  Receipt receipt{Outcome::kProcessed, old.form_id, old.form_id, {}};
  if (decision.error) {
    form.state = forms::FormState::kError;
    form.problem = decision.error->Told();
    receipt.outcome = Outcome::kContentError;
    receipt.problem = *form.problem;
  }
  form.is_complete = !decision.error;
  const std::int64_t project = parsed.submission.project->row;
  batch.State<forms::FormSet>().Replace(project, old, form, parsed.xml,
                                        KeepAttachments(batch, parsed.submission, blobs), blobs);
  if (!decision.error) WriteDecision(batch, project, form, std::move(decision));
  return receipt;
}

}  // namespace outpost::intake
