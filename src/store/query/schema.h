#pragma once

#include <string_view>

/// Tables of the analytics database. Rows have the row ids of the primary database. The indexes
/// stand apart: a rebuild makes them last.
///
/// counts: how many listed rows carry a term, by the day (since 1970) of their indexed_on.
namespace outpost::query {

/// Raised with every change of tables or of what is written into them: old files are begun anew.
inline constexpr std::int64_t kSchemaVersion = 2;

inline constexpr std::string_view kTables = R"(
CREATE TABLE followed (
  id {int} PRIMARY KEY CHECK (id = 1),
  seq {int} NOT NULL,
  at {int} NOT NULL,
  begun_at {int} NOT NULL,
  is_complete {int} NOT NULL
);
INSERT INTO followed (id, seq, at, begun_at, is_complete) VALUES (1, 0, 0, 0, 0);

CREATE TABLE listed_forms (
  id {id},
  project {int} NOT NULL,
  is_archived {int} NOT NULL,
  xmlns {int} NOT NULL,
  app {int} NOT NULL,
  person {int} NOT NULL,
  received_on {int} NOT NULL,
  server_modified_on {int} NOT NULL,
  indexed_on {int} NOT NULL
);

CREATE TABLE listed_cases (
  id {id},
  project {int} NOT NULL,
  is_closed {int} NOT NULL,
  type {int} NOT NULL,
  name {int} NOT NULL,
  owner {int} NOT NULL,
  external {int} NOT NULL,
  person {int} NOT NULL,
  opened_on {int},
  modified_on {int},
  closed_on {int},
  server_modified_on {int} NOT NULL,
  indexed_on {int} NOT NULL
);

CREATE TABLE counts (
  term {int} NOT NULL,
  day {int} NOT NULL,
  n {int} NOT NULL,
  PRIMARY KEY (term, day)
) {keyed};
)";

/// Where a term leads to its rows in an order that lists ask for.
inline constexpr std::string_view kIndexes = R"(
CREATE INDEX listed_forms_indexed ON listed_forms (project, indexed_on);
CREATE INDEX listed_forms_received ON listed_forms (project, received_on);
CREATE INDEX listed_forms_modified ON listed_forms (project, server_modified_on);
CREATE INDEX listed_forms_xmlns ON listed_forms (xmlns, indexed_on);
CREATE INDEX listed_forms_xmlns_received ON listed_forms (xmlns, received_on);
CREATE INDEX listed_forms_app ON listed_forms (app, indexed_on);
CREATE INDEX listed_forms_app_received ON listed_forms (app, received_on);
CREATE INDEX listed_forms_person ON listed_forms (person, indexed_on);
CREATE INDEX listed_forms_person_received ON listed_forms (person, received_on);
CREATE INDEX listed_cases_indexed ON listed_cases (project, indexed_on);
CREATE INDEX listed_cases_server_modified ON listed_cases (project, server_modified_on);
CREATE INDEX listed_cases_modified ON listed_cases (project, modified_on);
CREATE INDEX listed_cases_opened ON listed_cases (project, opened_on);
CREATE INDEX listed_cases_closed ON listed_cases (project, closed_on) WHERE closed_on IS NOT NULL;
CREATE INDEX listed_cases_type ON listed_cases (type, indexed_on);
CREATE INDEX listed_cases_owner ON listed_cases (owner, indexed_on);
CREATE INDEX listed_cases_person ON listed_cases (person, indexed_on);
CREATE INDEX listed_cases_name ON listed_cases (name);
CREATE INDEX listed_cases_external ON listed_cases (external) WHERE external <> 0;
)";

}  // namespace outpost::query
