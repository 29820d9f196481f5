#pragma once

#include <string_view>

/// Facts about the database itself, position counter, change log and blobs.
/// Names in `meta`: hash_key (32 hex digits), oldest_step_allowed (releases whose newest step is
/// below it must not open this database).
namespace outpost::sql::schema {

inline constexpr std::string_view kCore = R"(
CREATE TABLE meta (
  name {text} PRIMARY KEY NOT NULL,
  value {text} NOT NULL
) {keyed};

CREATE TABLE position (
  id {int} PRIMARY KEY CHECK (id = 1),
  seq {int} NOT NULL,
  at {int} NOT NULL
);
INSERT INTO position (id, seq, at) VALUES (1, 0, 0);

CREATE TABLE changes (
  seq {id},
  at {int} NOT NULL,
  project {int} NOT NULL,
  topic {int} NOT NULL,
  row_id {int} NOT NULL,
  document_id {text} NOT NULL,
  type {text} NOT NULL,
  subtype {text} NOT NULL,
  is_deletion {int} NOT NULL
);

CREATE TABLE changelog_readers (
  name {text} PRIMARY KEY NOT NULL,
  seq {int} NOT NULL
) {keyed};

CREATE TABLE blobs (
  id {text} PRIMARY KEY NOT NULL,
  length {int} NOT NULL,
  bytes {bytes}
) {keyed};
)";

}  // namespace outpost::sql::schema
