#pragma once

#include <string_view>

/// Ledgers and their transactions, kept in the order of their cases so that those of one case lie
/// together. kind: 1 balance, 2 transfer.
namespace outpost::sql::schema {

inline constexpr std::string_view kLedgers = R"(
CREATE TABLE ledgers (
  case_row {int} NOT NULL,
  section_id {text} NOT NULL,
  entry_id {text} NOT NULL,
  balance {int} NOT NULL,
  last_modified {int} NOT NULL,
  last_form_row {int} NOT NULL,
  PRIMARY KEY (case_row, section_id, entry_id)
) {keyed};

CREATE TABLE ledger_transactions (
  case_row {int} NOT NULL,
  section_id {text} NOT NULL,
  entry_id {text} NOT NULL,
  form_row {int} NOT NULL,
  step {int} NOT NULL,
  kind {int} NOT NULL,
  server_date {int} NOT NULL,
  report_date {int} NOT NULL,
  user_type {text} NOT NULL,
  delta {int} NOT NULL,
  updated_balance {int} NOT NULL,
  PRIMARY KEY (case_row, section_id, entry_id, form_row, step)
) {keyed};
)";

}  // namespace outpost::sql::schema
