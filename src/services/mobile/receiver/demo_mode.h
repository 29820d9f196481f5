#pragma once

#include "domain/intake/submission.h"
#include "store/sql/database.h"

/// Practice mode: what may come in without credentials (submission document 2.1).
namespace outpost::mobile {

/// The form says it was filled by the demo user.
bool IsFromDemoUser(const intake::ParsedSubmission& parsed);

/// Whether a form without credentials may be taken: it is from the demo user (or a device report)
/// and touches only cases that belong to the demo user or its group.
bool MayComeWithoutCredentials(const intake::ParsedSubmission& parsed, sql::Database& database);

}  // namespace outpost::mobile
