#include "domain/intake/detail/edit.h"

#include <boost/json.hpp>
#include <set>

#include "base/ids.h"
#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/apply_blocks.h"
#include "domain/intake/detail/keep_attachments.h"
#include "domain/intake/rebuild.h"

namespace outpost::intake {
namespace {

using forms::FormRecord;

struct RebuiltCase {
  cases::Case value;
  bool gains_form = false;  // the old version did not touch it
  std::int64_t bits = 0;
  std::optional<Instant> client_date;
};

struct EditDecision {
  std::vector<RebuiltCase> cases;
  std::optional<cases::ContentError> error;
};

std::set<std::string> CaseIdsOf(const std::vector<cases::CaseBlock>& blocks) {
  std::set<std::string> ids;
  for (const auto& block : blocks) ids.insert(block.case_id);
  return ids;
}

std::optional<Instant> FirstClientDate(const ParsedSubmission& parsed, std::string_view case_id) {
  for (const auto& block : parsed.found.blocks) {
    if (block.case_id == case_id) return block.date_modified;
  }
  return std::nullopt;
}

/// The rebuilt cases must be refused or taken as a whole: nothing is written yet.
EditDecision Decide(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord& existing,
                    const blobs::BlobStore& blobs) {
  if (parsed.found.error) return {{}, parsed.found.error};
  const std::int64_t project = parsed.submission.project->row;
  auto& known = batch.State<cases::CaseSet>();
  const auto lookup = [&](std::string_view id) { return known.Find(project, id); };
  // The new version's own rules (ids, fields, indices) are those of any form.
  const cases::FormContext context{parsed.identity.user_id.value_or(""), existing.received_on};
  auto own = ApplyBlocks(parsed.found.blocks, context, lookup);
  if (own.error) return {{}, std::move(own.error)};

  std::set<std::string> before;
  if (!existing.problem) before = CaseIdsOf(StoredBlocks(batch, blobs, existing.row));
  std::set<std::string> touched = CaseIdsOf(parsed.found.blocks);
  touched.insert(before.begin(), before.end());
  RebuildPlan plan;
  plan.now = batch.now();
  plan.replaced_form_row = existing.row;
  plan.replacement = &parsed;
  EditDecision decision;
  for (const auto& id : touched) {
    cases::Case start;
    start.case_id = id;
    if (const auto* stored = lookup(id)) start = *stored;
    const auto transactions = cases::ListTransactions(batch.connection(), start.row);
    auto rebuilt = Rebuild(batch, blobs, start, transactions, plan);
    if (rebuilt.error) return {{}, std::move(rebuilt.error)};
    decision.cases.push_back({std::move(rebuilt.value), !before.contains(id),
                              rebuilt.replacement_bits, FirstClientDate(parsed, id)});
  }
  return decision;
}

std::string HistoryWithEdit(const FormRecord& existing, const ParsedSubmission& parsed,
                            Instant now) {
  auto history = boost::json::parse(existing.history);
  const auto& auth_user = parsed.submission.request.auth.user_id;
  const std::string user = auth_user ? *auth_user : parsed.identity.user_id.value_or("unknown");
  history.as_array().push_back(
      boost::json::object{{"operation", "edit"}, {"user", user}, {"date", FormatT6(now)}});
  return boost::json::serialize(history);
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
  form.history = HistoryWithEdit(existing, parsed, now);
  return form;
}

void WriteCases(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord& existing,
                std::vector<RebuiltCase> rebuilt) {
  auto& known = batch.State<cases::CaseSet>();
  const std::int64_t project = parsed.submission.project->row;
  for (auto& one : rebuilt) {
    one.value.server_modified_on = batch.now();
    if (one.gains_form) {
      cases::Transaction gained;
      gained.form_row = existing.row;
      gained.type = cases::kFormTransaction | one.bits;
      gained.server_date = existing.received_on;
      gained.client_date = one.client_date;
      gained.sync_log_id = parsed.submission.request.last_sync_token;
      known.Put(project, one.value, std::move(gained));
      one.value.row = known.Find(project, one.value.case_id)->row;
    }
    cases::Transaction transaction;
    transaction.type = cases::kFormEditRebuild;
    transaction.server_date = batch.now();
    transaction.details = boost::json::serialize(
        boost::json::object{{"type", "form_edit_rebuild"}, {"form_id", existing.form_id}});
    known.Put(project, std::move(one.value), std::move(transaction));
  }
}

}  // namespace

Receipt StoreEdit(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord& existing,
                  const blobs::BlobStore& blobs) {
  auto decision = Decide(batch, parsed, existing, blobs);
  FormRecord form = NewVersion(parsed, existing, batch.now());
  Receipt receipt{Outcome::kProcessed, existing.form_id, existing.form_id, {}};
  if (decision.error) {
    form.state = forms::FormState::kError;
    form.problem = decision.error->Told();
    receipt.outcome = Outcome::kContentError;
    receipt.problem = *form.problem;
  }
  form.is_complete = !decision.error;
  const FormRecord old = existing;  // Replace changes what `existing` refers to
  batch.State<forms::FormSet>().Replace(parsed.submission.project->row, old, std::move(form),
                                        parsed.xml,
                                        KeepAttachments(batch, parsed.submission, blobs), blobs);
  WriteCases(batch, parsed, old, std::move(decision.cases));
  return receipt;
}

}  // namespace outpost::intake
