#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// The change log: what changed, in commit order, written in the transaction of the change
/// (submission document 24.3). Readers follow by position and never miss one.
namespace outpost::changelog {

enum class Topic : std::uint8_t { kForm = 1, kCase = 2, kLedger = 3, kUser = 4, kProject = 5 };

/// One change of one document.
struct Change {
  std::int64_t seq = 0;
  Instant at;
  std::int64_t project = 0;  // row id of the project space
  Topic topic = Topic::kForm;
  std::int64_t row = 0;     // row id of the document
  std::string document_id;  // form id, case id, case/section/entry, user id
  std::string type;         // "XFormInstance", "CommCareCase", …
  std::string subtype;      // xmlns of a form, type of a case
  bool is_deletion = false;
};

/// Appends a change under the stamp that its document received.
void Append(sql::Batch& batch, const Change& change);

/// Changes with position > after, oldest first, at most `limit`.
std::vector<Change> ReadAfter(sql::Connection& connection, std::int64_t after, int limit);

/// The same of topics from `first` on, for who needs few of them; `until`: the position up to which
/// the log was looked through when all of them fitted.
struct TopicChanges {
  std::vector<Change> changes;
  std::int64_t until = 0;
};
/// 0 for an empty log.
std::int64_t NewestSeq(sql::Connection& connection);
TopicChanges ReadTopicsAfter(sql::Connection& connection, Topic first, std::int64_t after,
                             int limit);

/// A named reader's cursor, kept in the database: the position up to which it has worked.
/// 0 when the reader is new.
std::int64_t ReadCursor(sql::Connection& connection, std::string_view reader);
/// Moves the cursor, inside the transaction of the reader's own work.
void MoveCursor(sql::Batch& batch, std::string_view reader, std::int64_t seq);
/// Deletes at most `limit` changes that every reader has passed and that are older than `before`.
/// @returns how many.
std::int64_t Trim(sql::Batch& batch, Instant before, int limit);

}  // namespace outpost::changelog
