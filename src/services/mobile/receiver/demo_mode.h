#pragma once

#include "domain/intake/submission.h"
#include "store/sql/database.h"

/// Practice: forms of the demo user and of practice workers, and what may come in without
/// credentials (submission document 2.1, steps P5 and P6 of section 4).
namespace outpost::mobile {

/// The form says it was filled by the demo user. Old-style meta does not count.
bool IsFromDemoUser(const intake::ParsedSubmission& parsed);

/// The form's user is a mobile worker of this project that is for practice.
bool IsFromPracticeWorker(const intake::ParsedSubmission& parsed, sql::Database& database);

/// Whether a form without credentials may be taken: it is a device report, or it is from the demo
/// user, touches only cases (and their ledgers) that belong to the demo user or its group, and
/// edits no form of anybody else.
bool MayComeWithoutCredentials(const intake::ParsedSubmission& parsed, sql::Database& database);

}  // namespace outpost::mobile
