#include "domain/cases/detail/sync_marks.h"

#include <algorithm>

#include "store/sql/database.h"

namespace outpost::cases {
namespace {

constexpr std::string_view kExtension = "extension";

void Raise(std::map<SyncMarks::Key, Instant>& marks, std::int64_t project, const std::string& id,
           Instant at) {
  auto& mark = marks[{project, id}];
  mark = std::max(mark, at);
}

}  // namespace

CaseStanding StandingOf(const Case& c) {
  return {c.owner_id, c.is_closed, c.is_deleted, c.indices};
}

void SyncMarks::NoteOwner(std::int64_t project, const std::string& owner_id, Instant at) {
  if (!owner_id.empty()) Raise(owners_, project, owner_id, at);
}

void SyncMarks::Note(std::int64_t project, const CaseStanding& before, const Case& after) {
  NoteOwner(project, before.owner_id, after.indexed_on);
  NoteOwner(project, after.owner_id, after.indexed_on);
  const bool is_same = before.owner_id == after.owner_id && before.is_closed == after.is_closed &&
                       before.is_deleted == after.is_deleted && before.indices == after.indices;
  if (is_same) return;
  for (const auto* indices : {&before.indices, &after.indices}) {
    for (const auto& index : *indices) {
      if (index.relationship == kExtension) {
        Raise(hosts_, project, index.referenced_id, after.indexed_on);
      }
    }
  }
}

void SyncMarks::Write(sql::Batch& batch) {
  for (const auto& [key, at] : owners_) {
    batch.connection().Execute(
        "INSERT INTO owner_marks (project, owner_id, at) VALUES ($1, $2, $3) "
        "ON CONFLICT (project, owner_id) DO UPDATE SET at = $3",
        {key.first, std::string_view(key.second), at.micros});
  }
  for (const auto& [key, at] : hosts_) {
    batch.connection().Execute(
        "UPDATE cases SET extended_on = $1 WHERE id_hash = $2 AND project = $3 AND case_id = $4",
        {at.micros, batch.database().HashOf(key.first, key.second), key.first,
         std::string_view(key.second)});
  }
  owners_.clear();
  hosts_.clear();
}

}  // namespace outpost::cases
