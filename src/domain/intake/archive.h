#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/projects/projects.h"
#include "store/blobs/blobs.h"
#include "store/sql/writer.h"

/// What people do to stored forms and cases (submission document 13, 20.5, 21). Each runs inside a
/// batch of the one writer and decides before its first write.
namespace outpost::intake {

class ReadAhead;

/// A change made by a person at the server.
struct Deed {
  const projects::Project& project;
  std::string user_id;  // of who does it; recorded in histories
  /// What was read before the writer had its turn; null: the job reads all itself.
  const ReadAhead* ahead = nullptr;
};

/// Takes a normal form out of effect: its transactions are revoked, its cases rebuilt and its
/// ledgers replayed without it. An archived form stays as it is.
/// @throws Problem kNotFound, kConflict when the form is neither normal nor archived.
void ArchiveForm(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed,
                 std::string_view form_id);
/// The reverse. @throws Problem kNotFound, kConflict when the form is neither archived nor normal.
void UnarchiveForm(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed,
                   std::string_view form_id);

/// Processes a form in error once more, with the cases as they are now (11.4).
/// @returns the new problem, empty when it took effect.
/// @throws Problem kNotFound, kConflict when the form is not in error.
std::string ReprocessForm(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed,
                          std::string_view form_id);

/// Computes a case anew from its forms. @throws Problem kNotFound
void RebuildCaseByRequest(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed,
                          std::string_view case_id);

}  // namespace outpost::intake
