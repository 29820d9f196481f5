#pragma once

#include <string_view>

/// What the server is used for, by month, and how its disk fills: counted once from the change log,
/// so that sizing and forecasts cost a few rows however many forms there are.
/// month: 12 * year + month - 1. day: days since 1970. Times are microseconds.
namespace outpost::sql::schema {

inline constexpr std::string_view kUsage = R"(
CREATE TABLE usage_months (
  month {int} NOT NULL,
  project {int} NOT NULL,
  figure {text} NOT NULL,
  value {int} NOT NULL,
  PRIMARY KEY (month, project, figure)
) {keyed};

CREATE TABLE usage_workers (
  month {int} NOT NULL,
  project {int} NOT NULL,
  user_id {text} NOT NULL,
  app_id {text} NOT NULL,
  PRIMARY KEY (month, project, user_id, app_id)
) {keyed};

CREATE TABLE usage_apps (
  project {int} NOT NULL,
  app_id {text} NOT NULL,
  forms {int} NOT NULL,
  first_at {int} NOT NULL,
  last_at {int} NOT NULL,
  PRIMARY KEY (project, app_id)
) {keyed};

CREATE TABLE usage_disk (
  day {int} PRIMARY KEY NOT NULL,
  at {int} NOT NULL,
  capacity_bytes {int} NOT NULL,
  free_bytes {int} NOT NULL,
  database_bytes {int} NOT NULL,
  log_bytes {int} NOT NULL
) {keyed};
)";

}  // namespace outpost::sql::schema
