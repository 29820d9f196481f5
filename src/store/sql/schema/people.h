#pragma once

#include <string_view>

/// Project spaces, accounts, roles, keys and sessions. Times are microseconds; 0 means never.
namespace outpost::sql::schema {

inline constexpr std::string_view kPeople = R"(
CREATE TABLE projects (
  id {id},
  name {text} NOT NULL UNIQUE,
  display_name {text} NOT NULL,
  stage {text} NOT NULL,
  is_suspended {int} NOT NULL,
  is_secure {int} NOT NULL,
  created_on {int} NOT NULL,
  settings {text} NOT NULL
);

CREATE TABLE accounts (
  id {id},
  user_id {text} NOT NULL UNIQUE,
  username {text} NOT NULL UNIQUE,
  kind {text} NOT NULL,
  project {int} NOT NULL,
  password {text} NOT NULL,
  auth_version {int} NOT NULL,
  state {text} NOT NULL,
  is_superuser {int} NOT NULL,
  is_practice {int} NOT NULL,
  created_on {int} NOT NULL,
  last_login {int} NOT NULL,
  profile {text} NOT NULL
);
CREATE INDEX accounts_by_project ON accounts (project, username);

CREATE TABLE roles (
  id {id},
  role_id {text} NOT NULL UNIQUE,
  project {int} NOT NULL,
  name {text} NOT NULL,
  permissions {text} NOT NULL,
  is_archived {int} NOT NULL
);
CREATE INDEX roles_by_project ON roles (project);

CREATE TABLE memberships (
  account {int} NOT NULL,
  project {int} NOT NULL,
  role {int} NOT NULL,
  is_admin {int} NOT NULL,
  is_active {int} NOT NULL,
  user_data {text} NOT NULL,
  PRIMARY KEY (account, project)
) {keyed};
CREATE INDEX memberships_by_project ON memberships (project);

CREATE TABLE api_keys (
  id {id},
  account {int} NOT NULL,
  name {text} NOT NULL,
  key_hash {text} NOT NULL UNIQUE,
  project {int} NOT NULL,
  allowed_addresses {text} NOT NULL,
  expires_on {int} NOT NULL,
  is_active {int} NOT NULL,
  created_on {int} NOT NULL,
  last_used {int} NOT NULL
);
CREATE INDEX api_keys_by_account ON api_keys (account);

CREATE TABLE digest_secrets (
  account {int} NOT NULL,
  username {text} NOT NULL,
  sealed {bytes} NOT NULL,
  PRIMARY KEY (account, username)
) {keyed};

CREATE TABLE web_sessions (
  token_hash {text} PRIMARY KEY NOT NULL,
  account {int} NOT NULL,
  auth_version {int} NOT NULL,
  created_on {int} NOT NULL,
  expires_on {int} NOT NULL
) {keyed};

CREATE TABLE one_time_links (
  token_hash {text} PRIMARY KEY NOT NULL,
  purpose {text} NOT NULL,
  account {int} NOT NULL,
  expires_on {int} NOT NULL
) {keyed};
)";

}  // namespace outpost::sql::schema
