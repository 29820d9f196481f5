#pragma once

#include <memory>
#include <string>

#include "domain/sync/restore.h"

/// What the phone of a practice worker gets, whatever it asks for: one restore, made at its first
/// request and kept until the account changes (restore document 14.1).
namespace outpost::sync {

/// Plain XML. Threads: any; blocks like Restorer::Make.
std::string PracticeDocument(sql::Database& database, sql::Writer& writer, Restorer& restorer,
                             const std::shared_ptr<const projects::Project>& project,
                             const people::Account& worker);

/// The next request makes it anew.
void ForgetPracticeDocument(sql::Batch& batch, std::int64_t account);

}  // namespace outpost::sync
