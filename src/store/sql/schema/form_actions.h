#pragma once

#include <string_view>

/// What was asked to be done to many forms at once, and what became of each
/// (domain/form_actions). form_action_forms.reason: 'due' nothing was done yet, '' done, else why
/// the form was skipped.
namespace outpost::sql::schema {

inline constexpr std::string_view kFormActions = R"(
CREATE TABLE form_actions (
  id {id},
  action_id {text} NOT NULL,
  project {int} NOT NULL,
  kind {text} NOT NULL,
  username {text} NOT NULL,
  user_id {text} NOT NULL,
  requested {int} NOT NULL,
  processed {int} NOT NULL,
  succeeded {int} NOT NULL,
  created_on {int} NOT NULL,
  started_on {int},
  completed_on {int}
);
CREATE INDEX form_actions_by_project ON form_actions (project, action_id);

CREATE TABLE form_action_forms (
  action {int} NOT NULL,
  place {int} NOT NULL,
  form_id {text} NOT NULL,
  reason {text} NOT NULL,
  PRIMARY KEY (action, place)
) {keyed};
)";

}  // namespace outpost::sql::schema
