#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "store/changelog/changelog.h"
#include "store/sql/writer.h"

/// The table of what was soft-deleted, and of tombstones.
namespace outpost::intake {

struct Deletion {
  std::int64_t id = 0;
  std::int64_t project = 0;
  changelog::Topic topic = changelog::Topic::kForm;
  std::int64_t row = 0;
  std::string document_id;
  std::string deletion_id;
};

void LogDeletion(sql::Batch& batch, const Deletion& deletion, Instant deleted_on);
/// The deletion under which a document is hidden now.
std::optional<Deletion> FindDeletion(sql::Batch& batch, std::int64_t project,
                                     changelog::Topic topic, std::string_view document_id);
/// Everything that was hidden with it.
std::vector<Deletion> DeletedTogether(sql::Batch& batch, std::string_view deletion_id);
/// Oldest first, hidden before that moment and not yet purged.
std::vector<Deletion> DeletedBefore(sql::Batch& batch, Instant before, int limit);
void ForgetDeletion(sql::Batch& batch, std::int64_t id);
/// From now on the row is a tombstone.
void MarkPurged(sql::Batch& batch, std::int64_t id);

}  // namespace outpost::intake
