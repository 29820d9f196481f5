#include "domain/intake/detail/process.h"

#include "base/ids.h"
#include "base/problem.h"
#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/detail/close_extensions.h"
#include "domain/intake/detail/edit.h"
#include "domain/intake/detail/effects.h"
#include "domain/intake/detail/keep_attachments.h"
#include "domain/intake/detail/phone_effect.h"
#include "domain/intake/detail/reprocess.h"
#include "domain/intake/rebuild.h"

namespace outpost::intake {
namespace {

using forms::FormRecord;
using forms::FormSet;
using forms::FormState;

/// What the form is to be, judged by what is stored under its id (10).
struct Standing {
  enum class Kind : std::uint8_t { kNew, kDuplicate, kEdit, kReplacesError } kind = Kind::kNew;
  std::string form_id;  // the id to store it under
};

Standing Judge(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord* existing) {
  using Kind = Standing::Kind;
  const std::string& sent_id = parsed.identity.form_id;
  if (existing == nullptr) return {Kind::kNew, sent_id};
  if (existing->xml_md5 == parsed.xml.md5) return {Kind::kDuplicate, NewUuid()};
  // Another form that happens to carry the same id: kept under an id of its own.
  if (existing->xmlns != parsed.identity.xmlns) return {Kind::kNew, NewUuid()};
  const bool never_took_effect = existing->state == FormState::kError &&
                                 !VersionInEffect(batch, parsed.submission.project->row, *existing);
  return {never_took_effect ? Kind::kReplacesError : Kind::kEdit, sent_id};
}

FormRecord RecordOf(const ParsedSubmission& parsed, const Standing& standing) {
  FormRecord form;
  form.form_id = standing.form_id;
  form.xmlns = parsed.identity.xmlns;
  form.user_id = parsed.identity.user_id;
  form.app_id = parsed.submission.app_id;
  form.build_id = parsed.submission.build_id;
  form.received_on = parsed.submission.received_on;
  form.server_modified_on = parsed.submission.received_on;
  form.request = parsed.submission.request;
  if (standing.form_id != parsed.identity.form_id) form.orig_id = parsed.identity.form_id;
  return form;
}

/// @returns the row.
std::int64_t StoreForm(sql::Batch& batch, const ParsedSubmission& parsed, FormRecord form,
                       const blobs::BlobStore& blobs) {
  const bool keeps_attachments = form.state != FormState::kSubmissionError;
  return batch.State<FormSet>().Insert(parsed.submission.project->row, std::move(form), parsed.xml,
                                       keeps_attachments
                                           ? KeepAttachments(batch, parsed.submission, blobs)
                                           : std::vector<forms::Attachment>{},
                                       blobs);
}

Receipt StoreMalformed(sql::Batch& batch, const ParsedSubmission& parsed,
                       const blobs::BlobStore& blobs) {
  FormRecord form = RecordOf(parsed, {Standing::Kind::kNew, parsed.identity.form_id});
  form.state = FormState::kSubmissionError;
  form.problem = parsed.malformed;
  StoreForm(batch, parsed, std::move(form), blobs);
  return {Outcome::kMalformed, parsed.identity.form_id, parsed.identity.form_id, *parsed.malformed};
}

/// A device report is never a form: no duplicates, no cases, no change record (25).
Receipt StoreReport(sql::Batch& batch, const ParsedSubmission& parsed,
                    const blobs::BlobStore& blobs) {
  const auto& submission = parsed.submission;
  const std::string& id = parsed.identity.form_id;
  const auto& auth = submission.request.auth;
  device_logs::Store(batch, blobs,
                     {submission.project->row, id, auth.user_id, submission.received_on},
                     *parsed.report);
  return {Outcome::kProcessed, id, id, {}};
}

/// The same bytes again. Where the first time ended in error they get another chance first.
Receipt StoreDuplicate(sql::Batch& batch, const ParsedSubmission& parsed, const Standing& standing,
                       const blobs::BlobStore& blobs) {
  const FormRecord* existing =
      batch.State<FormSet>().Find(parsed.submission.project->row, parsed.identity.form_id);
  if (existing->state == FormState::kError) {
    Receipt again = Reprocess(batch, parsed, FormRecord(*existing), blobs);
    if (again.outcome == Outcome::kErrorAgain) return again;
  }
  FormRecord form = RecordOf(parsed, standing);
  form.state = FormState::kDuplicate;
  form.problem = "Form is a duplicate of another! (" + parsed.identity.form_id + ")";
  const std::string problem = *form.problem;
  StoreForm(batch, parsed, std::move(form), blobs);
  return {Outcome::kDuplicate, standing.form_id, parsed.identity.form_id, problem};
}

Receipt StoreNew(sql::Batch& batch, const ParsedSubmission& parsed, const Standing& standing,
                 const blobs::BlobStore& blobs) {
  FormRecord form = RecordOf(parsed, standing);
  Effects effects = DecideEffects(batch, parsed, form);
  Receipt receipt{Outcome::kProcessed, standing.form_id, parsed.identity.form_id, {}};
  if (effects.error) {
    form.state = FormState::kError;
    form.problem = effects.error->Told();
    receipt.outcome = Outcome::kContentError;
    receipt.problem = *form.problem;
  }
  form.is_complete = !effects.error;
  form.row = StoreForm(batch, parsed, form, blobs);
  if (parsed.wants_affected_cases) {
    for (const auto& change : effects.cases) {
      receipt.cases.push_back({change.value.case_id, change.value.name});
    }
  }
  WriteEffects(batch, parsed.submission.project->row, form, std::move(effects));
  if (form.is_complete) RecordOnPhone(batch, parsed);
  return receipt;
}

Receipt Decide(sql::Batch& batch, const ParsedSubmission& parsed, const blobs::BlobStore& blobs) {
  if (parsed.malformed) return StoreMalformed(batch, parsed, blobs);
  const FormRecord* existing =
      batch.State<FormSet>().Find(parsed.submission.project->row, parsed.identity.form_id);
  const Standing standing = Judge(batch, parsed, existing);
  switch (standing.kind) {
    case Standing::Kind::kNew:
      return StoreNew(batch, parsed, standing, blobs);
    case Standing::Kind::kDuplicate:
      return StoreDuplicate(batch, parsed, standing, blobs);
    case Standing::Kind::kEdit:
      return StoreEdit(batch, parsed, *existing, blobs);
    case Standing::Kind::kReplacesError:
      batch.State<FormSet>().Rename(parsed.submission.project->row, *existing, NewUuid());
      return StoreNew(batch, parsed, standing, blobs);
  }
  OUTPOST_CHECK(false);
}

}  // namespace

void AnnounceLookups(sql::Batch& batch, const ParsedSubmission& parsed) {
  if (parsed.malformed || parsed.report) return;
  const std::int64_t project = parsed.submission.project->row;
  batch.State<FormSet>().Want(project, parsed.identity.form_id);
  auto& known = batch.State<cases::CaseSet>();
  for (const auto& block : parsed.found.blocks) {
    known.Want(project, block.case_id);
    for (const auto& index : block.indices) {
      if (!index.referenced_id.empty()) known.Want(project, index.referenced_id);
    }
  }
  for (const auto& movement : parsed.ledgers.movements) known.Want(project, movement.key.case_id);
  AnnounceSyncLog(batch, parsed);
}

Receipt Process(sql::Batch& batch, const ParsedSubmission& parsed, const blobs::BlobStore& blobs) {
  if (parsed.report) return StoreReport(batch, parsed, blobs);
  Receipt receipt = Decide(batch, parsed, blobs);
  if (receipt.outcome == Outcome::kProcessed) CloseExtensions(batch, parsed, blobs);
  return receipt;
}

}  // namespace outpost::intake
