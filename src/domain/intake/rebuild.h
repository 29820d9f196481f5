#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/cases/case.h"
#include "domain/intake/submission.h"
#include "domain/ledgers/ledger.h"
#include "store/blobs/blobs.h"
#include "store/sql/writer.h"

/// Computes a case anew from its forms (submission document 20.2, 20.3). Reads; writes nothing.
namespace outpost::intake {

struct RebuildPlan {
  std::int64_t project = 0;
  /// The time that stands in when no form says when the case was modified.
  Instant now;
  bool keeps_attachments = false;  // the project keeps case attachments
  /// An edit: this form's stored content does not count, its new content does.
  std::int64_t replaced_form_row = 0;
  const ParsedSubmission* replacement = nullptr;
  Instant received_on;  // of the edited form's first version: its place among the others
  /// A form that is being restored, so that its own transaction does not count as "others".
  std::int64_t restored_form_row = 0;
};

struct Rebuilt {
  cases::Case value;
  std::int64_t replacement_bits = 0;         // transaction bits of the replacement's blocks
  std::optional<cases::ContentError> error;  // of the replacement
};

/// `before` is the case as it is (row 0 when it is new), with all its transactions.
Rebuilt Rebuild(sql::Batch& batch, const blobs::BlobStore& blobs, const cases::Case& before,
                const std::vector<cases::Transaction>& transactions, const RebuildPlan& plan);

/// The version of a form whose content is in effect: itself, or, when an edit of it was refused,
/// the last version that was not. Empty when none ever took effect.
std::optional<forms::FormRecord> VersionInEffect(sql::Batch& batch, std::int64_t project,
                                                 const forms::FormRecord& form);

/// What a stored form says about cases and ledgers.
struct StoredContent {
  std::vector<cases::CaseBlock> blocks;
  std::vector<ledgers::Movement> movements;
};
StoredContent ReadStoredContent(sql::Connection& connection, const blobs::BlobStore& blobs,
                                std::int64_t form_row);

}  // namespace outpost::intake
