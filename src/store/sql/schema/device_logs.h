#pragma once

#include <string_view>

/// Device reports and who is asked for them. Times are microseconds.
///
/// A report is one row: its XML, packed, is clustered by project and position, so that old ones go
/// from the front. A large one is a blob: `packed` is its id then. `kinds` says which entries of it
/// count (a resend may bring others).
namespace outpost::sql::schema {

inline constexpr std::string_view kDeviceLogs = R"(
CREATE TABLE device_reports (
  project {int} NOT NULL,
  id {int} NOT NULL,
  report_id {text} NOT NULL,
  id_hash {int} NOT NULL,
  received_on {int} NOT NULL,
  user_id {text},
  kinds {int} NOT NULL,
  length {int} NOT NULL,
  packed {bytes} NOT NULL,
  PRIMARY KEY (project, id)
) {keyed};
CREATE INDEX device_reports_by_hash ON device_reports (id_hash);

CREATE TABLE device_log_requests (
  project {int} NOT NULL,
  account {int} NOT NULL,
  requested_on {int} NOT NULL,
  PRIMARY KEY (project, account)
) {keyed};
)";

}  // namespace outpost::sql::schema
