#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/disk_gate.h"
#include "base/metrics.h"
#include "domain/intake/submission.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// A form comes in and becomes changes (submission document 4, 10 to 20). Phone, web entry,
/// imports and the case API all submit through here.
///
///   Submission ─► Parse (any thread) ─► Receive ─► writer: decide, store form and cases, commit
///                                                  └─► Then: on disk, or refused without a trace
namespace outpost::intake {

enum class Outcome : std::uint8_t {
  kProcessed,     // stored, cases applied
  kDuplicate,     // the same bytes were there; stored as a duplicate record, nothing applied
  kContentError,  // stored as an error form, nothing applied; `problem` says why
  kMalformed,     // no form at all; the raw bytes are kept in the submission error log
  kErrorAgain,    // the bytes of a form in error, which failed again; `problem` is the new one
  kHeld,          // stored as it came; applied when the project's hold ends
};

struct AffectedCase {
  std::string case_id, name;
};

struct Receipt {
  Outcome outcome = Outcome::kProcessed;
  std::string form_id;  // of the stored record; of the duplicate record for a duplicate
  std::string sent_id;  // the id the form was sent under
  std::string problem;
  std::vector<AffectedCase> cases =
      {};  // of a processed form, where ParsedSubmission asks for them
};

class Intake {
 public:
  /// Without `disk` forms are taken as long as the disk takes them. All must outlive it.
  Intake(sql::Database& database, sql::Writer& writer, const blobs::BlobStore& blobs,
         const Clock& clock, const DiskGate* disk = nullptr)
      : database_(database), writer_(writer), blobs_(blobs), clock_(clock), disk_(disk) {}

  /// Called exactly once, on the writer's thread: with a receipt when the form is on stable
  /// storage, or with a failure (Problem kPaused when the project is frozen or suspended, SqlError)
  /// when nothing of it is.
  using Then = std::function<void(const Receipt&, std::exception_ptr failure)>;

  /// @throws Problem kBusy when the writer's queue is full, kStorageFull when the disk nearly is.
  void Receive(ParsedSubmission parsed, Then then);
  /// @throws Problem kStorageFull when the disk is so full that no form is taken
  void RequireRoom() const {
    if (disk_ != nullptr) disk_->RequireForForms();
  }
  /// The bulk door: the same rules, waits for the result, yields to phones.
  std::vector<Receipt> ReceiveBulk(std::vector<ParsedSubmission> parsed);

  /// Ends a project's hold: applies held forms in the order they came, then makes the project
  /// live in the same commit that finds none left. Blocks; call from a thread that may wait.
  /// @returns how many were applied.
  std::int64_t ApplyHeldAndGoLive(const projects::Project& project);

  ParsedSubmission ParseForm(Submission submission) const {
    return Parse(std::move(submission), blobs_);
  }
  const blobs::BlobStore& blobs() const { return blobs_; }
  sql::Database& database() { return database_; }

 private:
  sql::Database& database_;
  sql::Writer& writer_;
  const blobs::BlobStore& blobs_;
  const Clock& clock_;
  const DiskGate* disk_;
};

/// How many forms a project on hold has waiting.
std::int64_t CountHeld(sql::Connection& connection, std::int64_t project);

}  // namespace outpost::intake
