#pragma once

#include <string_view>

/// Tables of the token index. Rows have the row ids of the primary database.
namespace outpost::search::detail {

/// Raised with every change of tables or of what becomes a token: old files are begun anew.
inline constexpr std::int64_t kSchemaVersion = 1;

/// made_for: of which lists. fed: how far, by project space.
inline constexpr std::string_view kProgress = R"(
CREATE TABLE made_for (
  id {int} PRIMARY KEY CHECK (id = 1),
  begun_at {int} NOT NULL
);
INSERT INTO made_for (id, begun_at) VALUES (1, 0);
CREATE TABLE fed (
  subject {int} NOT NULL,
  project {int} NOT NULL,
  indexed_on {int} NOT NULL,
  PRIMARY KEY (subject, project)
) {keyed};
)";

/// Only which rows have a token is kept: neither texts nor places nor lengths. A row that is put
/// again adds to what it had.
inline constexpr std::string_view kSqlite = R"(
CREATE VIRTUAL TABLE found_forms USING fts5(tokens, content='', columnsize=0, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE found_cases USING fts5(tokens, content='', columnsize=0, detail=none, tokenize='ascii');
INSERT INTO found_forms (found_forms, rank) VALUES ('hashsize', 8000000);
INSERT INTO found_cases (found_cases, rank) VALUES ('hashsize', 8000000);
)";

inline constexpr std::string_view kPostgresql = R"(
CREATE TABLE found_forms (id BIGINT PRIMARY KEY, tokens INTEGER[] NOT NULL);
CREATE TABLE found_cases (id BIGINT PRIMARY KEY, tokens INTEGER[] NOT NULL);
CREATE INDEX found_forms_tokens ON found_forms USING gin (tokens);
CREATE INDEX found_cases_tokens ON found_cases USING gin (tokens);
)";

}  // namespace outpost::search::detail
