#pragma once

#include <string_view>

/// Apps, their builds, the files of a build; what phones report about the app they run; the keys
/// with which phones encrypt what they hold.
///
/// app_builds.state: 0 whole, 1 being filled (nobody sees it; a filling that was given up is
/// removed). app_files.blob is what is served, original what came in the archive ("" when it is the
/// same), packed the served bytes in gzip ("" where that is of no use). app_media: files by the id
/// in their address, which is made from their content.
namespace outpost::sql::schema {

inline constexpr std::string_view kApps = R"(
CREATE TABLE apps (
  id {id},
  project {int} NOT NULL,
  app_id {text} NOT NULL,
  short_code {text} NOT NULL,
  name {text} NOT NULL,
  settings {text} NOT NULL,
  created_on {int} NOT NULL,
  is_deleted {int} NOT NULL
);
CREATE UNIQUE INDEX apps_by_id ON apps (project, app_id);
CREATE UNIQUE INDEX apps_by_short_code ON apps (short_code);

CREATE TABLE app_builds (
  id {id},
  app {int} NOT NULL,
  project {int} NOT NULL,
  build_id {text} NOT NULL,
  version {int} NOT NULL,
  name {text} NOT NULL,
  comment {text} NOT NULL,
  built_on {int} NOT NULL,
  built_by {text} NOT NULL,
  base_url {text} NOT NULL,
  languages {text} NOT NULL,
  content_hash {text} NOT NULL,
  has_media {int} NOT NULL,
  is_released {int} NOT NULL,
  released_on {int} NOT NULL,
  state {int} NOT NULL
);
CREATE UNIQUE INDEX app_builds_by_id ON app_builds (project, build_id);
CREATE INDEX app_builds_by_version ON app_builds (app, version);

CREATE TABLE app_files (
  build {int} NOT NULL,
  path {text} NOT NULL,
  kind {int} NOT NULL,
  resource_id {text} NOT NULL,
  version {int} NOT NULL,
  content_type {text} NOT NULL,
  length {int} NOT NULL,
  blob {text} NOT NULL,
  original {text} NOT NULL,
  packed {text} NOT NULL,
  PRIMARY KEY (build, path)
) {keyed};
CREATE INDEX app_files_by_blob ON app_files (blob);
CREATE INDEX app_files_by_original ON app_files (original);
CREATE INDEX app_files_by_packed ON app_files (packed);

CREATE TABLE app_media (
  media_id {text} NOT NULL,
  kind {text} NOT NULL,
  content_type {text} NOT NULL,
  length {int} NOT NULL,
  blob {text} NOT NULL,
  PRIMARY KEY (media_id, kind)
) {keyed};

CREATE TABLE app_location_releases (
  app {int} NOT NULL,
  location {int} NOT NULL,
  build {int} NOT NULL,
  PRIMARY KEY (app, location)
) {keyed};

CREATE TABLE app_heartbeats (
  project {int} NOT NULL,
  account {int} NOT NULL,
  app_id {text} NOT NULL,
  device_id {text} NOT NULL,
  reported_on {int} NOT NULL,
  build_id {text} NOT NULL,
  app_version {int} NOT NULL,
  build_profile {text} NOT NULL,
  client_version {text} NOT NULL,
  unsent_forms {int} NOT NULL,
  quarantined_forms {int} NOT NULL,
  drift_hours {int} NOT NULL,
  last_sync_on {int} NOT NULL,
  push_token {text} NOT NULL,
  PRIMARY KEY (project, account, app_id, device_id)
) {keyed};

CREATE TABLE phone_keys (
  project {int} NOT NULL,
  account {int} NOT NULL,
  uuid {text} NOT NULL,
  sealed_key {bytes} NOT NULL,
  valid_from {int} NOT NULL,
  expires_on {int} NOT NULL,
  PRIMARY KEY (project, account)
) {keyed};
)";

}  // namespace outpost::sql::schema
