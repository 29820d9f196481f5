#include "domain/intake/deletion.h"

#include <algorithm>
#include <set>

#include "base/ids.h"
#include "base/problem.h"
#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/detail/deletion_log.h"
#include "domain/intake/detail/effects.h"
#include "domain/intake/detail/require.h"
#include "domain/intake/rebuild.h"

namespace outpost::intake {
namespace {

using cases::Case;
using changelog::Topic;
using forms::FormRecord;

[[noreturn]] void RefuseState(const std::string& id, bool is_deleted) {
  throw Problem(ProblemKind::kConflict,
                id + (is_deleted ? " is deleted already." : " is not deleted."));
}

void HideForm(sql::Batch& batch, std::int64_t project, FormRecord form,
              const std::string& deletion_id) {
  form.deleted_on = batch.now();
  form.server_modified_on = batch.now();
  LogDeletion(batch, {0, project, Topic::kForm, form.row, form.form_id, deletion_id}, batch.now());
  batch.State<forms::FormSet>().UpdateState(project, std::move(form));
}

void ShowForm(sql::Batch& batch, std::int64_t project, FormRecord form) {
  form.deleted_on.reset();
  form.server_modified_on = batch.now();
  form.problem = "Restored on " + FormatT6(batch.now());
  batch.State<forms::FormSet>().UpdateState(project, std::move(form));
}

/// Forms in effect that touch this case and no other.
std::vector<FormRecord> FormsOfThisCaseOnly(sql::Batch& batch, const blobs::BlobStore& blobs,
                                            const ReadAhead* ahead, const Case& c) {
  std::set<std::int64_t> rows;
  for (const auto& transaction : cases::ListTransactions(batch.connection(), c.row)) {
    if (transaction.form_row != 0) rows.insert(transaction.form_row);
  }
  std::vector<FormRecord> forms;
  for (const auto row : rows) {
    auto form = forms::FindFormByRow(batch.connection(), row);
    if (!form || form->deleted_on) continue;
    const auto content = ContentOf(batch.connection(), blobs, *form, ahead);
    if (TouchedCases(content->blocks, content->movements) == std::set{c.case_id}) {
      forms.push_back(std::move(*form));
    }
  }
  return forms;
}

/// A file stays while another form or one of the cases that the form touches has it.
bool IsUsedElsewhere(sql::Batch& batch, std::int64_t project, const std::string& blob,
                     std::int64_t form_row, const std::set<std::string>& touched) {
  const auto has_row = [&](const char* sql, sql::Params params) {
    return batch.connection().Query(sql, params)->Next();
  };
  if (has_row("SELECT 1 FROM form_attachments WHERE blob = $1 AND form <> $2",
              {std::string_view(blob), form_row}) ||
      has_row("SELECT 1 FROM forms WHERE xml_blob = $1 AND xml_blob IS NOT NULL AND id <> $2",
              {std::string_view(blob), form_row}) ||
      has_row("SELECT 1 FROM app_files WHERE blob = $1 OR original = $1 OR packed = $1",
              {std::string_view(blob)}) ||
      has_row("SELECT 1 FROM held_forms LIMIT 1", {})) {
    return true;
  }
  return std::any_of(touched.begin(), touched.end(), [&](const std::string& id) {
    const auto* c = batch.State<cases::CaseSet>().Find(project, id);
    return c != nullptr &&
           std::any_of(c->attachments.begin(), c->attachments.end(),
                       [&](const auto& named) { return named.second.blob == blob; });
  });
}

/// False when the form has come back, by an edit that a phone sent.
bool PurgeForm(sql::Batch& batch, const blobs::BlobStore& blobs, const Deletion& deletion) {
  const auto form = forms::FindFormByRow(batch.connection(), deletion.row);
  if (!form || !form->deleted_on) return false;
  std::set<std::string> touched;
  if (form->state != forms::FormState::kSubmissionError) {
    const auto content = ReadStoredContent(batch.connection(), blobs, form->row);
    touched = TouchedCases(content.blocks, content.movements);
  }
  for (const auto& blob : forms::BlobsOf(batch.connection(), form->row)) {
    if (!IsUsedElsewhere(batch, deletion.project, blob, form->row, touched)) {
      blobs.Drop(batch, blob);
    }
  }
  batch.State<forms::FormSet>().Remove(deletion.project, *form);
  return true;
}

bool PurgeCase(sql::Batch& batch, const Deletion& deletion) {
  auto& known = batch.State<cases::CaseSet>();
  const auto* found = known.Find(deletion.project, deletion.document_id);
  if (found == nullptr || !found->is_deleted) return false;
  for (const char* table : {"ledgers", "ledger_transactions"}) {
    batch.connection().Execute("DELETE FROM " + std::string(table) + " WHERE case_row = $1",
                               {found->row});
  }
  known.Remove(deletion.project, deletion.document_id);
  return true;
}

}  // namespace

std::string DeleteForm(sql::Batch& batch, const Deed& deed, std::string_view form_id) {
  auto form = RequireForm(batch, deed.project.row, form_id);
  if (form.deleted_on) RefuseState(form.form_id, true);
  const auto deletion_id = NewHexId();
  HideForm(batch, deed.project.row, std::move(form), deletion_id);
  return deletion_id;
}

void UndeleteForm(sql::Batch& batch, const Deed& deed, std::string_view form_id) {
  auto form = RequireForm(batch, deed.project.row, form_id);
  if (!form.deleted_on) RefuseState(form.form_id, false);
  if (const auto logged = FindDeletion(batch, deed.project.row, Topic::kForm, form_id)) {
    ForgetDeletion(batch, logged->id);
  }
  ShowForm(batch, deed.project.row, std::move(form));
}

CaseDeletion DeleteCase(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed,
                        std::string_view case_id, bool with_forms) {
  const std::int64_t project = deed.project.row;
  Case c = RequireCase(batch, project, case_id);
  if (c.is_deleted) RefuseState(c.case_id, true);
  CaseDeletion deletion{NewHexId(), {}};
  auto forms =
      with_forms ? FormsOfThisCaseOnly(batch, blobs, deed.ahead, c) : std::vector<FormRecord>{};
  c.is_deleted = true;
  c.deleted_on = batch.now();
  c.server_modified_on = batch.now();
  LogDeletion(batch, {0, project, Topic::kCase, c.row, c.case_id, deletion.deletion_id},
              batch.now());
  batch.State<cases::CaseSet>().PutAlone(project, std::move(c));
  for (auto& form : forms) {
    deletion.form_ids.push_back(form.form_id);
    HideForm(batch, project, std::move(form), deletion.deletion_id);
  }
  return deletion;
}

CaseDeletion UndeleteCase(sql::Batch& batch, const Deed& deed, std::string_view case_id) {
  const std::int64_t project = deed.project.row;
  Case c = RequireCase(batch, project, case_id);
  if (!c.is_deleted) RefuseState(c.case_id, false);
  CaseDeletion undone;
  if (const auto logged = FindDeletion(batch, project, Topic::kCase, case_id)) {
    undone.deletion_id = logged->deletion_id;
    for (const auto& together : DeletedTogether(batch, logged->deletion_id)) {
      ForgetDeletion(batch, together.id);
      if (together.topic != Topic::kForm) continue;
      auto form = forms::FindFormByRow(batch.connection(), together.row);
      if (!form || !form->deleted_on) continue;
      undone.form_ids.push_back(form->form_id);
      ShowForm(batch, project, std::move(*form));
    }
  }
  c.is_deleted = false;
  c.deleted_on.reset();
  c.server_modified_on = batch.now();
  batch.State<cases::CaseSet>().PutAlone(project, std::move(c));
  return undone;
}

int PurgeDeleted(sql::Batch& batch, const blobs::BlobStore& blobs, Instant before, int limit) {
  const auto due = DeletedBefore(batch, before, limit);
  for (const auto& deletion : due) {
    const bool is_gone = deletion.topic == Topic::kForm ? PurgeForm(batch, blobs, deletion)
                                                        : PurgeCase(batch, deletion);
    if (is_gone) {
      MarkPurged(batch, deletion.id);
    } else {
      ForgetDeletion(batch, deletion.id);
    }
  }
  return static_cast<int>(due.size());
}

}  // namespace outpost::intake
