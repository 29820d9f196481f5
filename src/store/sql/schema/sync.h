#pragma once

#include <string_view>

/// What a restore needs to find, and sync logs: what each phone holds. Times are microseconds.
///
/// A moment (`at`, indexed_on, extended_on, snapshot_at) is given with a position and grows with
/// it, so that "later than the snapshot" can be asked of either.
/// cases.extended_on: the moment an extension of the case last came, went, closed or opened.
/// owner_marks: the moment a case that an owner has, or had until then, last changed.
/// sync_log_contents: what the phone holds, and what else decides about it, packed
/// (domain/sync_log); apart, as the log's own row is changed and they never are.
/// sync_log_deltas: what forms have changed in it since, by a position of the form.
namespace outpost::sql::schema {

inline constexpr std::string_view kSync = R"(
ALTER TABLE cases ADD COLUMN extended_on {int} NOT NULL DEFAULT 0;
CREATE INDEX cases_open_by_owner ON cases (project, owner_id)
  WHERE is_closed = 0 AND is_deleted = 0;

CREATE TABLE owner_marks (
  project {int} NOT NULL,
  owner_id {text} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (project, owner_id)
) {keyed};

CREATE TABLE sync_logs (
  id {id},
  project {int} NOT NULL,
  token {text} NOT NULL,
  user_id {text} NOT NULL,
  requested_by {text} NOT NULL,
  device_id {text} NOT NULL,
  app_id {text} NOT NULL,
  build_id {text} NOT NULL,
  is_web_apps {int} NOT NULL,
  previous {int} NOT NULL,
  snapshot_seq {int} NOT NULL,
  snapshot_at {int} NOT NULL,
  created_on {int} NOT NULL,
  used_on {int} NOT NULL,
  state_error_on {int} NOT NULL,
  state_error {text} NOT NULL,
  owners {text} NOT NULL,
  digest {bytes} NOT NULL,
  held_count {int} NOT NULL
);
CREATE INDEX sync_logs_by_token ON sync_logs (token);
CREATE INDEX sync_logs_by_user ON sync_logs (project, user_id);

CREATE TABLE sync_log_contents (
  log {id},
  held {bytes} NOT NULL,
  watched {bytes} NOT NULL
);

CREATE TABLE sync_log_deltas (
  log {int} NOT NULL,
  seq {int} NOT NULL,
  effect {bytes} NOT NULL,
  PRIMARY KEY (log, seq)
) {keyed};

CREATE TABLE practice_restores (
  account {id},
  auth_version {int} NOT NULL,
  length {int} NOT NULL,
  document {bytes} NOT NULL
);

CREATE TABLE serial_pools (
  project {int} NOT NULL,
  pool {text} NOT NULL,
  next {int} NOT NULL,
  PRIMARY KEY (project, pool)
) {keyed};
CREATE TABLE serial_ids (
  project {int} NOT NULL,
  pool {text} NOT NULL,
  session {text} NOT NULL,
  number {int} NOT NULL,
  PRIMARY KEY (project, pool, session)
) {keyed};
)";

}  // namespace outpost::sql::schema
