#pragma once

#include <string_view>

/// What people do to forms and cases afterwards. `deletions` names what was soft-deleted and, with
/// purged_on, what is gone for good (its tombstone); topic as in the change log. Failed forms and
/// files that are referred to are found by indexes that hold only those rows.
namespace outpost::sql::schema {

inline constexpr std::string_view kAdministration = R"(
ALTER TABLE cases ADD COLUMN attachments {text};

CREATE TABLE deletions (
  id {id},
  project {int} NOT NULL,
  topic {int} NOT NULL,
  row_id {int} NOT NULL,
  document_id {text} NOT NULL,
  id_hash {int} NOT NULL,
  deletion_id {text} NOT NULL,
  deleted_on {int} NOT NULL,
  purged_on {int} NOT NULL
);
CREATE INDEX deletions_by_hash ON deletions (id_hash);
CREATE INDEX deletions_by_deletion ON deletions (deletion_id);
CREATE INDEX deletions_waiting ON deletions (deleted_on) WHERE purged_on = 0;

CREATE INDEX forms_failed ON forms (project, id) WHERE state = 16 OR state = 32;
CREATE INDEX forms_by_xml_blob ON forms (xml_blob) WHERE xml_blob IS NOT NULL;
CREATE INDEX form_attachments_by_blob ON form_attachments (blob);
)";

}  // namespace outpost::sql::schema
