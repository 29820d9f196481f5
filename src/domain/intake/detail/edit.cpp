#include "domain/intake/detail/edit.h"

#include "domain/forms/form_store.h"
#include "domain/intake/detail/edit_decision.h"
#include "domain/intake/detail/keep_attachments.h"
#include "domain/intake/detail/phone_effect.h"

namespace outpost::intake {
namespace {

using forms::FormRecord;

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

}  // namespace

Receipt StoreEdit(sql::Batch& batch, const ParsedSubmission& parsed, const FormRecord& existing,
                  const blobs::BlobStore& blobs) {
  const FormRecord old = existing;  // Replace changes what `existing` refers to
  FormRecord form = NewVersion(parsed, old, batch.now());
  auto decision = DecideEdit(batch, parsed, old, form, blobs);
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
  if (!decision.error) {
    WriteEdit(batch, project, form, std::move(decision), cases::kFormEditRebuild);
    RecordOnPhone(batch, parsed);
  }
  return receipt;
}

}  // namespace outpost::intake
