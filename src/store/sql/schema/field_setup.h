#pragma once

#include <string_view>

/// What a programme sets up for its workers and a restore reads: groups, locations, custom fields,
/// lookup tables, products and programs.
///
/// Columns called `modified` and `changed` are positions (seq) of the last change; 0 means never.
/// project_marks: the position at which something of a kind last changed (domain/people/marks.h).
/// account_places: a row per account and project once something was assigned there.
/// lookup_tables.state: 0 in use, 1 deleted (its tag is still told to phones; rows go later),
/// 2 being filled, 3 deleted and without rows. lookup_owners.kind: 1 user, 2 group, 3 location.
namespace outpost::sql::schema {

inline constexpr std::string_view kFieldSetup = R"(
CREATE TABLE project_marks (
  project {int} NOT NULL,
  name {text} NOT NULL,
  seq {int} NOT NULL,
  PRIMARY KEY (project, name)
) {keyed};

CREATE TABLE user_groups (
  id {id},
  project {int} NOT NULL,
  group_id {text} NOT NULL,
  name {text} NOT NULL,
  case_sharing {int} NOT NULL,
  reporting {int} NOT NULL,
  metadata {text} NOT NULL
);
CREATE UNIQUE INDEX user_groups_by_id ON user_groups (project, group_id);

CREATE TABLE group_members (
  group_row {int} NOT NULL,
  account {int} NOT NULL,
  PRIMARY KEY (group_row, account)
) {keyed};
CREATE INDEX group_members_by_account ON group_members (account);

CREATE TABLE custom_fields (
  project {int} NOT NULL,
  kind {text} NOT NULL,
  slug {text} NOT NULL,
  place {int} NOT NULL,
  label {text} NOT NULL,
  required_of {int} NOT NULL,
  choices {text} NOT NULL,
  pattern {text} NOT NULL,
  pattern_message {text} NOT NULL,
  PRIMARY KEY (project, kind, slug)
) {keyed};

CREATE TABLE user_profiles (
  id {id},
  project {int} NOT NULL,
  profile_id {text} NOT NULL,
  name {text} NOT NULL,
  fields {text} NOT NULL
);
CREATE UNIQUE INDEX user_profiles_by_id ON user_profiles (project, profile_id);

CREATE TABLE location_types (
  id {id},
  project {int} NOT NULL,
  code {text} NOT NULL,
  name {text} NOT NULL,
  parent {text} NOT NULL,
  administrative {int} NOT NULL,
  shares_cases {int} NOT NULL,
  view_descendants {int} NOT NULL,
  has_users {int} NOT NULL,
  expand_from {text} NOT NULL,
  expand_from_root {int} NOT NULL,
  expand_to {text} NOT NULL,
  include_without_expanding {text} NOT NULL,
  include_only {text} NOT NULL,
  expand_view_child_data_to {text} NOT NULL,
  modified {int} NOT NULL
);
CREATE UNIQUE INDEX location_types_by_code ON location_types (project, code);

CREATE TABLE locations (
  id {id},
  project {int} NOT NULL,
  location_id {text} NOT NULL,
  name {text} NOT NULL,
  site_code {text} NOT NULL,
  type {int} NOT NULL,
  parent {int} NOT NULL,
  external_id {text} NOT NULL,
  latitude {text} NOT NULL,
  longitude {text} NOT NULL,
  fields {text} NOT NULL,
  is_archived {int} NOT NULL,
  supply_point_id {text} NOT NULL,
  created_on {int} NOT NULL,
  modified_on {int} NOT NULL,
  modified {int} NOT NULL
);
CREATE UNIQUE INDEX locations_by_id ON locations (project, location_id);
CREATE UNIQUE INDEX locations_by_site_code ON locations (project, site_code);
CREATE INDEX locations_by_parent ON locations (project, parent, name);

CREATE TABLE account_places (
  account {int} NOT NULL,
  project {int} NOT NULL,
  primary_location {int} NOT NULL,
  changed {int} NOT NULL,
  PRIMARY KEY (account, project)
) {keyed};

CREATE TABLE account_locations (
  account {int} NOT NULL,
  project {int} NOT NULL,
  location {int} NOT NULL,
  PRIMARY KEY (account, project, location)
) {keyed};
CREATE INDEX account_locations_by_location ON account_locations (location);

CREATE TABLE lookup_tables (
  id {id},
  project {int} NOT NULL,
  table_id {text} NOT NULL,
  tag {text} NOT NULL,
  is_global {int} NOT NULL,
  fields {text} NOT NULL,
  item_attributes {text} NOT NULL,
  state {int} NOT NULL,
  created_on {int} NOT NULL
);
CREATE UNIQUE INDEX lookup_tables_by_tag ON lookup_tables (project, tag) WHERE state = 0;
CREATE INDEX lookup_tables_by_project ON lookup_tables (project, state);
CREATE INDEX lookup_tables_not_in_use ON lookup_tables (state) WHERE state <> 0;

CREATE TABLE lookup_rows (
  id {id},
  table_row {int} NOT NULL,
  row_id {text} NOT NULL,
  sort_key {int} NOT NULL,
  item_attributes {text} NOT NULL,
  cells {text} NOT NULL
);
CREATE UNIQUE INDEX lookup_rows_in_order ON lookup_rows (table_row, sort_key, id);
CREATE INDEX lookup_rows_by_id ON lookup_rows (row_id);

CREATE TABLE lookup_owners (
  table_row {int} NOT NULL,
  kind {int} NOT NULL,
  owner {text} NOT NULL,
  sort_key {int} NOT NULL,
  lookup_row {int} NOT NULL,
  PRIMARY KEY (table_row, kind, owner, sort_key, lookup_row)
) {keyed};
CREATE INDEX lookup_owners_by_row ON lookup_owners (lookup_row);

CREATE TABLE products (
  id {id},
  project {int} NOT NULL,
  product_id {text} NOT NULL,
  name {text} NOT NULL,
  unit {text} NOT NULL,
  code {text} NOT NULL,
  description {text} NOT NULL,
  category {text} NOT NULL,
  program_id {text} NOT NULL,
  cost {text} NOT NULL,
  fields {text} NOT NULL,
  is_archived {int} NOT NULL
);
CREATE UNIQUE INDEX products_by_id ON products (project, product_id);

CREATE TABLE programs (
  id {id},
  project {int} NOT NULL,
  program_id {text} NOT NULL,
  name {text} NOT NULL,
  code {text} NOT NULL
);
CREATE UNIQUE INDEX programs_by_id ON programs (project, program_id);
)";

}  // namespace outpost::sql::schema
