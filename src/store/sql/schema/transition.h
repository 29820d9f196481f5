#pragma once

#include <string_view>

/// The tracker of the transition: one record per item that somebody or something has looked at, and
/// an audit trail to which rows are only added; each row carries the hash of the one before it.
namespace outpost::sql::schema {

inline constexpr std::string_view kTransition = R"(
CREATE TABLE transition_records (
  item {text} PRIMARY KEY NOT NULL,
  record {text} NOT NULL
) {keyed};

CREATE TABLE transition_sections_off (
  section {text} PRIMARY KEY NOT NULL
) {keyed};

CREATE TABLE transition_audit (
  id {id},
  at {int} NOT NULL,
  who {text} NOT NULL,
  what {text} NOT NULL,
  item {text} NOT NULL,
  detail {text} NOT NULL,
  previous {text} NOT NULL,
  hash {text} NOT NULL
);
)";

}  // namespace outpost::sql::schema
