#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "domain/cases/case.h"
#include "store/sql/writer.h"

namespace outpost::cases {

/// What of a case decides on whose phones it is.
struct CaseStanding {
  std::string owner_id;
  bool is_closed = false;
  bool is_deleted = false;
  Indices indices;
};
CaseStanding StandingOf(const Case& c);

/// Leaves word of changes for restores (restore document 9.1): the moment at which a case of an
/// owner last changed, and, at a case, when its extensions last did. A phone whose owners and cases
/// bear no later moment than its sync log has nothing to fetch.
class SyncMarks {
 public:
  /// A case as it was (empty owner when it is new) and as it is.
  void Note(std::int64_t project, const CaseStanding& before, const Case& after);

  /// Whose extensions changed: their owners are to be marked too.
  using Key = std::pair<std::int64_t, std::string>;  // project, id
  const std::map<Key, Instant>& hosts() const { return hosts_; }
  void NoteOwner(std::int64_t project, const std::string& owner_id, Instant at);

  /// Writes and forgets what was noted.
  void Write(sql::Batch& batch);

 private:
  std::map<Key, Instant> owners_, hosts_;
};

}  // namespace outpost::cases
