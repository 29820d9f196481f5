#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "format/xml/xml.h"

/// What a phone's device report says (submission document 25). Pure.
namespace outpost::device_logs {

/// Entries of a kind are numbered 0.. in the order of the report, across its subreports. An entry
/// that cannot be read keeps its number and is left out.
struct UserEntry {
  std::int64_t number = 0;
  std::string username, user_id, sync_token;
};

struct LogEntry {
  std::int64_t number = 0;
  Instant date;
  std::string type, message;
  /// Who signed in, for entries that tell of it; old phones say no id.
  std::optional<std::string> username, user_id;
};

struct UserError {
  std::int64_t number = 0;
  Instant date;
  std::string type, message, app_id, user_id, session, expression, context_node;
  std::optional<std::int64_t> version;  // of the application
};

struct ForceClose {
  std::int64_t number = 0;
  Instant date;
  std::string type, message, app_id, user_id, android_version, device_model;
  std::string session_readable, session_serialized;
  std::optional<std::int64_t> version;  // of the application
};

/// Bits of the kinds that a report has entries of.
enum Kind : std::int64_t {
  kUserEntries = 1,
  kLogEntries = 2,
  kUserErrors = 4,
  kForceCloses = 8,
};

struct Report {
  std::string device_id, app_version, device_model, android_version;
  std::vector<UserEntry> users;
  std::vector<LogEntry> logs;
  std::vector<UserError> errors;
  std::vector<ForceClose> closes;
  std::int64_t entries_skipped = 0;

  std::int64_t kinds() const;
};

/// Reads what can be read: any subreport may be missing, empty or repeated; an entry without a
/// readable date, or without any content, is skipped. Cost: linear in the document.
Report ReadReport(const xml::Document& document);

}  // namespace outpost::device_logs
