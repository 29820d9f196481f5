#include "domain/locations/user_data_parts.h"

#include "domain/people/custom_fields.h"

namespace outpost::locations {

people::UserDataParts UserDataPartsOf(sql::Connection& connection, const projects::Project& project,
                                      const people::Account& account, const Assignment& assigned) {
  people::UserDataParts parts;
  parts.project_name = project.name;
  for (const auto& field : people::ListFields(connection, project.row, people::FieldsOf::kUsers)) {
    parts.field_slugs.push_back(field.slug);
  }
  auto own = people::OwnDataOf(connection, project.row, account);
  parts.own = std::move(own.values);
  if (!own.profile_id.empty()) {
    const auto profile = people::FindProfile(connection, project.row, own.profile_id);
    if (profile) parts.profile_fields = profile->fields;
  }
  parts.profile_id = std::move(own.profile_id);
  parts.is_web_user = account.kind == people::Kind::kWebUser;
  parts.is_practice = account.is_practice;
  parts.primary_location = assigned.primary;
  parts.locations = assigned.Ids();
  parts.had_locations = assigned.changed != 0;
  const auto* primary = assigned.Primary();
  if (project.settings.uses_stock && primary != nullptr && !primary->is_administrative) {
    parts.supply_point = primary->supply_point_id;
  }
  parts.person = people::PersonOf(account);
  return parts;
}

}  // namespace outpost::locations
