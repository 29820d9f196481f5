#pragma once

#include <string_view>

/// Forms, cases, their transactions, and forms held during a move. Times are microseconds; for the
/// server's own 0 means never, for those of phones NULL does (a phone's clock may stand at 1970).
/// Hash indexes are Database::HashOf of the id; a hit is compared with the id in the row. Only what
/// a phone's request needs is indexed here: lists and searches live in query.db.
namespace outpost::sql::schema {

inline constexpr std::string_view kForms = R"(
CREATE TABLE forms (
  id {id},
  project {int} NOT NULL,
  form_id {text} NOT NULL,
  id_hash {int} NOT NULL,
  state {int} NOT NULL,
  xmlns {text} NOT NULL,
  user_id {text},
  app_id {text},
  build_id {text},
  received_on {int} NOT NULL,
  server_modified_on {int} NOT NULL,
  edited_on {int} NOT NULL,
  indexed_on {int} NOT NULL,
  deleted_on {int} NOT NULL,
  is_complete {int} NOT NULL,
  orig_id {text},
  deprecated_form_id {text},
  problem {text},
  request {text} NOT NULL,
  history {text},
  xml_md5 {bytes} NOT NULL,
  xml_length {int} NOT NULL,
  xml {bytes},
  xml_blob {text}
);
CREATE INDEX forms_by_hash ON forms (id_hash);

CREATE TABLE form_attachments (
  form {int} NOT NULL,
  name {text} NOT NULL,
  content_type {text} NOT NULL,
  length {int} NOT NULL,
  blob {text} NOT NULL,
  PRIMARY KEY (form, name)
) {keyed};

CREATE TABLE cases (
  id {id},
  project {int} NOT NULL,
  case_id {text} NOT NULL,
  id_hash {int} NOT NULL,
  type {text} NOT NULL,
  name {text} NOT NULL,
  owner_id {text} NOT NULL,
  external_id {text} NOT NULL,
  location_id {text},
  opened_on {int},
  opened_by {text} NOT NULL,
  modified_on {int},
  modified_by {text} NOT NULL,
  server_modified_on {int} NOT NULL,
  indexed_on {int} NOT NULL,
  is_closed {int} NOT NULL,
  closed_on {int},
  closed_by {text} NOT NULL,
  is_deleted {int} NOT NULL,
  deleted_on {int} NOT NULL,
  properties {text} NOT NULL
);
CREATE INDEX cases_by_hash ON cases (id_hash);

CREATE TABLE case_indices (
  case_row {int} NOT NULL,
  identifier {text} NOT NULL,
  referenced_id {text} NOT NULL,
  referenced_hash {int} NOT NULL,
  referenced_type {text} NOT NULL,
  relationship {text} NOT NULL,
  PRIMARY KEY (case_row, identifier)
) {keyed};
CREATE INDEX case_indices_by_referenced ON case_indices (referenced_hash);

CREATE TABLE case_transactions (
  case_row {int} NOT NULL,
  seq {int} NOT NULL,
  form_row {int} NOT NULL,
  type {int} NOT NULL,
  server_date {int} NOT NULL,
  client_date {int},
  sync_log_id {text},
  is_revoked {int} NOT NULL,
  details {text},
  PRIMARY KEY (case_row, seq)
) {keyed};

CREATE TABLE held_forms (
  id {id},
  project {int} NOT NULL,
  form_id {text} NOT NULL,
  is_verified {int} NOT NULL,
  request {text} NOT NULL,
  attachments {text} NOT NULL,
  xml_length {int} NOT NULL,
  xml {bytes},
  xml_blob {text}
);
CREATE INDEX held_forms_by_project ON held_forms (project, id);
)";

}  // namespace outpost::sql::schema
