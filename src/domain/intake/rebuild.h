#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/cases/case.h"
#include "domain/forms/form_record.h"
#include "domain/intake/read_ahead.h"
#include "domain/intake/submission.h"
#include "domain/projects/projects.h"
#include "store/blobs/blobs.h"
#include "store/sql/writer.h"

/// Computes a case anew from its forms (submission document 20.2, 20.3). Reads; writes nothing.
namespace outpost::intake {

/// The version of a form whose content is in effect: itself, or, when an edit of it was refused,
/// the last version that was not. Empty when none ever took effect.
std::optional<forms::FormRecord> VersionInEffect(sql::Batch& batch, std::int64_t project,
                                                 const forms::FormRecord& form);

/// The forms of a project space that a piece of work needs: each is read and parsed once, however
/// many cases it touches. Made when the states of forms are written, gone before they change again.
class StoredForms {
 public:
  /// All must outlive it.
  StoredForms(sql::Batch& batch, const blobs::BlobStore& blobs, const projects::Project& project,
              const ReadAhead* ahead = nullptr)
      : batch_(batch), blobs_(blobs), project_(project), ahead_(ahead) {}

  struct Form {
    std::string form_id, user_id;
    std::vector<cases::CaseBlock> blocks;
    std::vector<forms::Attachment> files;  // for case attachments, where the project keeps them
  };
  /// The content of a form that is in effect; null when it is archived or never was. Good until the
  /// next call.
  const Form* InEffect(std::int64_t form_row);

  sql::Batch& batch() { return batch_; }
  std::int64_t project() const { return project_.row; }
  bool keeps_case_attachments() const { return project_.settings.keeps_case_attachments; }

 private:
  std::optional<Form> Read(std::int64_t form_row);

  /// Forms held at once.
  static constexpr std::size_t kFormsMax = 32;
  sql::Batch& batch_;
  const blobs::BlobStore& blobs_;
  const projects::Project& project_;
  const ReadAhead* ahead_;
  std::map<std::int64_t, std::optional<Form>> known_;
};

struct RebuildPlan {
  /// The time that stands in when no form says when the case was modified.
  Instant now;
  /// An edit: this form's stored content does not count, its new content does.
  std::int64_t replaced_form_row = 0;
  const ParsedSubmission* replacement = nullptr;
  const std::vector<forms::Attachment>* replacement_files = nullptr;  // null: none are kept
  Instant received_on;  // of the edited form's first version: its place among the others
  /// A form that is being restored, so that its own transaction does not count as "others".
  std::int64_t restored_form_row = 0;
};

struct Rebuilt {
  cases::Case value;
  std::optional<cases::ContentError> error;  // of the replacement
};

/// `before` is the case as it is (row 0 when it is new), with all its transactions.
Rebuilt Rebuild(StoredForms& stored, const cases::Case& before,
                const std::vector<cases::Transaction>& transactions, const RebuildPlan& plan);

}  // namespace outpost::intake
