#include "domain/intake/archive.h"

#include <boost/json.hpp>

#include "base/problem.h"
#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/detail/effects.h"
#include "domain/intake/detail/rebuild_case.h"
#include "domain/intake/detail/reprocess.h"
#include "domain/intake/detail/require.h"
#include "domain/ledgers/ledger_store.h"

namespace outpost::intake {
namespace {

using forms::FormRecord;
using forms::FormState;

/// Whether a form is to come into effect or to go out of it.
enum class Turn : std::uint8_t { kArchive, kUnarchive };

void RefuseOtherStates(const FormRecord& form, std::string_view verb) {
  const bool can_turn =
      (form.state == FormState::kNormal || form.state == FormState::kArchived) && !form.deleted_on;
  if (can_turn) return;
  throw Problem(ProblemKind::kConflict,
                "Only a form in effect can be archived and only an archived one restored; " +
                    form.form_id + " is " + forms::DocTypeOf(form.state, !!form.deleted_on) +
                    ", so it cannot be " + std::string(verb) + ".");
}

RebuildReason ReasonOf(const FormRecord& form, bool is_archived) {
  return {
      cases::kFormArchiveRebuild,
      boost::json::serialize(boost::json::object{
          {"type", "form_archive_rebuild"}, {"form_id", form.form_id}, {"archived", is_archived}})};
}

void TurnCases(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed,
               const FormRecord& form, const StoredContent& content, Turn turn) {
  const bool is_archived = turn == Turn::kArchive;
  auto& known = batch.State<cases::CaseSet>();
  StoredForms stored(batch, blobs, deed.project, deed.ahead);
  for (const auto& case_id : TouchedCases(content.blocks, content.movements)) {
    const auto* touched = known.Find(deed.project.row, case_id);
    if (touched == nullptr) continue;
    RebuildPlan plan;
    plan.now = batch.now();
    plan.restored_form_row = is_archived ? 0 : form.row;
    cases::SetRevoked(batch, touched->row, form.row, is_archived);
    RebuildCase(stored, case_id, plan, ReasonOf(form, is_archived));
  }
}

void TurnLedgers(sql::Batch& batch, std::int64_t project, const FormRecord& form,
                 const StoredContent& content, Turn turn) {
  for (auto& change : LinesOf(content.movements, form)) {
    const auto* owner = batch.State<cases::CaseSet>().Find(project, change.key.case_id);
    if (owner == nullptr) continue;
    if (turn == Turn::kArchive) change.transactions.clear();
    ledgers::Revise(batch, project, {change.key, owner->row},
                    {form.row, std::move(change.transactions), false});
  }
}

void TurnForm(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed, FormRecord form,
              Turn turn) {
  const bool is_archived = turn == Turn::kArchive;
  const auto content = ContentOf(batch.connection(), blobs, form, deed.ahead);
  form.state = is_archived ? FormState::kArchived : FormState::kNormal;
  form.server_modified_on = batch.now();
  form.history = forms::WithOperation(form.history, is_archived ? "archive" : "unarchive",
                                      deed.user_id, batch.now());
  batch.State<forms::FormSet>().UpdateState(deed.project.row, form);
  TurnCases(batch, blobs, deed, form, *content, turn);
  TurnLedgers(batch, deed.project.row, form, *content, turn);
}

}  // namespace

void ArchiveForm(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed,
                 std::string_view form_id) {
  auto form = RequireForm(batch, deed.project.row, form_id);
  RefuseOtherStates(form, "archived");
  if (form.state == FormState::kArchived) return;
  TurnForm(batch, blobs, deed, std::move(form), Turn::kArchive);
}

void UnarchiveForm(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed,
                   std::string_view form_id) {
  auto form = RequireForm(batch, deed.project.row, form_id);
  RefuseOtherStates(form, "restored");
  if (form.state == FormState::kNormal) return;
  TurnForm(batch, blobs, deed, std::move(form), Turn::kUnarchive);
}

std::string ReprocessForm(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed,
                          std::string_view form_id) {
  const auto form = RequireForm(batch, deed.project.row, form_id);
  if (form.state != FormState::kError || form.deleted_on) {
    throw Problem(ProblemKind::kConflict,
                  "Only a form in error can be processed again; " + form.form_id + " is " +
                      forms::DocTypeOf(form.state, form.deleted_on.has_value()) + ".");
  }
  Submission submission;
  submission.project = std::make_shared<projects::Project>(deed.project);
  submission.xml = forms::ReadXml(batch.connection(), blobs, form.row);
  submission.request = form.request;
  submission.received_on = form.received_on;
  submission.acknowledged_id = form.form_id;
  return Reprocess(batch, ParseStored(std::move(submission)), form, blobs).problem;
}

void RebuildCaseByRequest(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed,
                          std::string_view case_id) {
  RequireCase(batch, deed.project.row, case_id);
  RebuildPlan plan;
  plan.now = batch.now();
  StoredForms stored(batch, blobs, deed.project, deed.ahead);
  RebuildCase(stored, case_id, plan,
              {cases::kUserRequestedRebuild,
               boost::json::serialize(boost::json::object{{"type", "user_requested_rebuild"},
                                                          {"user_id", deed.user_id}})});
}

}  // namespace outpost::intake
