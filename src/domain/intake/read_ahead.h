#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "domain/cases/case_block.h"
#include "domain/forms/form_record.h"
#include "domain/ledgers/ledger.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"

/// Reading stored forms for what they say about cases and ledgers, in the writer's job or before
/// it.
namespace outpost::intake {

/// What a stored form says about cases and ledgers.
struct StoredContent {
  std::vector<cases::CaseBlock> blocks;
  std::vector<ledgers::Movement> movements;
};
StoredContent ReadStoredContent(sql::Connection& connection, const blobs::BlobStore& blobs,
                                std::int64_t form_row);

/// Contents of forms that a job of the writer is going to need, read and parsed before it has its
/// turn: that takes ten times as long as what the job does with them. Form by form the job sees
/// whether they are still the same. Threads: one at a time.
class ReadAhead {
 public:
  /// XML that is kept; further forms are left to the job.
  static constexpr std::int64_t kBytesMax = 16LL << 20;

  /// Both must outlive it.
  ReadAhead(const sql::Database& database, const blobs::BlobStore& blobs)
      : database_(database), blobs_(blobs) {}

  /// The forms of a case; none when it does not exist.
  void AddCase(sql::Connection& connection, std::int64_t project, std::string_view case_id);
  /// A form and all forms of the cases that it touches; none when it does not exist.
  void AddForm(sql::Connection& connection, std::int64_t project, std::string_view form_id);

  /// Null when it was not read or the form has another content now.
  std::shared_ptr<const StoredContent> Find(const forms::FormRecord& form) const;

 private:
  struct Known {
    forms::FormRecord form;
    std::shared_ptr<const StoredContent> content;
  };
  const Known* Add(sql::Connection& connection, std::int64_t form_row);

  const sql::Database& database_;
  const blobs::BlobStore& blobs_;
  std::map<std::int64_t, Known> known_;  // by row
  std::int64_t bytes_ = 0;
};

/// From `ahead`, or read now.
std::shared_ptr<const StoredContent> ContentOf(sql::Connection& connection,
                                               const blobs::BlobStore& blobs,
                                               const forms::FormRecord& form,
                                               const ReadAhead* ahead);

}  // namespace outpost::intake
