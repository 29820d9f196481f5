#include "domain/sync/belongings.h"

#include <boost/json.hpp>

#include "format/xml/write.h"

namespace outpost::sync {

Belongings BelongingsOf(sql::Connection&, const projects::Project& project,
                        const people::Account& user) {
  Belongings belongings;
  belongings.owners = {user.user_id};
  const auto profile = boost::json::parse(user.profile);
  const auto text = [&](const char* key) {
    const auto* value = profile.as_object().if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  };
  belongings.user_data = {
      {"commcare_first_name", text("first_name")},
      {"commcare_last_name", text("last_name")},
      {"commcare_phone_number", ""},
      {"commcare_profile", ""},
      {"commcare_project", project.name},
      {"commcare_user_type", user.kind == people::Kind::kWebUser ? "web" : "commcare"}};
  if (user.is_practice) belongings.user_data["user_type"] = "demo";
  belongings.user_groups = "<fixture id=\"user-groups\"";
  xml::AppendAttribute(belongings.user_groups, "user_id", user.user_id);
  belongings.user_groups += "><groups/></fixture>";
  return belongings;
}

}  // namespace outpost::sync
