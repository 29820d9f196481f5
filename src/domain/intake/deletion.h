#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "domain/intake/archive.h"

/// Soft deletion, its reversal, and what is gone for good after the time of retention (submission
/// document 13, 21). Each runs inside a batch of the one writer and decides before its first write.
namespace outpost::intake {

/// Hides a form; its cases stay as they are. @returns the deletion's id.
/// @throws Problem kNotFound, kConflict when it is deleted already.
std::string DeleteForm(sql::Batch& batch, const Deed& deed, std::string_view form_id);
/// @throws Problem kNotFound, kConflict when it is not deleted.
void UndeleteForm(sql::Batch& batch, const Deed& deed, std::string_view form_id);

struct CaseDeletion {
  std::string deletion_id;
  std::vector<std::string> form_ids;
};
/// Hides a case, and with it, where asked for, the forms that touch no other case.
/// @throws Problem kNotFound, kConflict when it is deleted already.
CaseDeletion DeleteCase(sql::Batch& batch, const blobs::BlobStore& blobs, const Deed& deed,
                        std::string_view case_id, bool with_forms);
/// Brings back a case and the forms that were deleted with it.
/// @throws Problem kNotFound, kConflict when it is not deleted.
CaseDeletion UndeleteCase(sql::Batch& batch, const Deed& deed, std::string_view case_id);

/// Removes for good what was soft-deleted before `before`, oldest first, at most `limit` documents;
/// a tombstone of each stays. @returns how many were looked at: fewer than `limit` when none is
/// left.
int PurgeDeleted(sql::Batch& batch, const blobs::BlobStore& blobs, Instant before, int limit);

}  // namespace outpost::intake
