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
  /// The time that stands in when no form says when the case was modified.
  Instant now;
  /// An edit: this form's stored content does not count, its new content does.
  std::int64_t replaced_form_row = 0;
  const ParsedSubmission* replacement = nullptr;
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

/// What a stored form says about cases and ledgers.
struct StoredContent {
  std::vector<cases::CaseBlock> blocks;
  std::vector<ledgers::Movement> movements;
};
StoredContent ReadStoredContent(sql::Connection& connection, const blobs::BlobStore& blobs,
                                std::int64_t form_row);

}  // namespace outpost::intake
