#include "domain/people/detail/user_change.h"

#include "domain/people/marks.h"
#include "domain/people/user_data.h"
#include "store/changelog/changelog.h"

namespace outpost::people::detail {

void NoteUserChange(sql::Batch& batch, std::int64_t project, const Account& account) {
  const auto stamp = batch.Next();
  if (project != 0) MoveMark(batch, project, kPeopleMark, stamp.seq);
  AppendUserChange(batch, stamp, account);
}

}  // namespace outpost::people::detail

namespace outpost::people {

void AppendUserChange(sql::Batch& batch, sql::Stamp stamp, const Account& account) {
  changelog::Change change;
  change.seq = stamp.seq;
  change.at = stamp.at;
  change.project = account.project;
  change.topic = changelog::Topic::kUser;
  change.row = account.row;
  change.document_id = account.user_id;
  change.type = account.kind == Kind::kWebUser ? "WebUser" : "CommCareUser";
  changelog::Append(batch, change);
}

}  // namespace outpost::people
