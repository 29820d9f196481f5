#pragma once

#include <string>

#include "domain/intake/intake.h"
#include "domain/intake/submission.h"
#include "store/sql/database.h"

/// What a client reads after a form was taken (submission document 5.1, 5.3).
namespace outpost::mobile {

/// meta/deviceID of web entry, which shows the text to its user as Markdown.
inline constexpr std::string_view kWebEntryDevice = "Formplayer";

/// What decides about the text, known before the form is stored.
struct SuccessTone {
  bool is_web_entry = false;
  bool is_web_user = false;
  bool sees_forms = false, sees_cases = false, exports_data = false;
  std::string project;
};
SuccessTone ToneFor(const intake::ParsedSubmission& parsed, sql::Database& database);

/// Pure. The check mark for everybody but web entry; web users get links as their permissions
/// allow.
std::string SuccessText(const SuccessTone& tone, const intake::Receipt& receipt);

}  // namespace outpost::mobile
