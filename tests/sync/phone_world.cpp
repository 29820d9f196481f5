#include "sync/phone_world.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

namespace outpost::tests {
namespace {

using boost::json::object;

constexpr const char* kPassword = "a worker's password";
constexpr const char* kTeam = "team";
constexpr const char* kCrew = "crew";
/// A place whose cases its workers share, below one whose workers see the data of places below it.
constexpr const char* kClinic = "clinic-1";
constexpr const char* kRegion = "region-1";

bool Holds(const std::vector<std::string>& texts, const char* text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

void MakeGroupsAndPlaces(Admin& admin, const std::string& project) {
  for (const char* group : {kTeam, kCrew}) {
    admin.Run("group.create",
              {{"project", project}, {"name", group}, {"group_id", group}, {"case_sharing", true}});
  }
  admin.Run("location.put_type", {{"project", project},
                                  {"code", "region"},
                                  {"name", "Region"},
                                  {"shares_cases", false},
                                  {"view_descendants", true}});
  admin.Run("location.put_type", {{"project", project},
                                  {"code", "clinic"},
                                  {"name", "Clinic"},
                                  {"parent", "region"},
                                  {"shares_cases", true}});
  admin.Run(
      "location.create",
      {{"project", project}, {"name", "North"}, {"location_id", kRegion}, {"type", "region"}});
  admin.Run("location.create", {{"project", project},
                                {"name", "Clinic"},
                                {"location_id", kClinic},
                                {"type", "clinic"},
                                {"parent", kRegion}});
}

/// Brings the server from one set of owner ids of a user to another.
void SetGroups(Admin& admin, const std::string& project, const std::string& username,
               const std::vector<std::string>& from, const std::vector<std::string>& to) {
  for (const char* group : {kTeam, kCrew}) {
    if (Holds(from, group) == Holds(to, group)) continue;
    admin.Run(Holds(to, group) ? "group.add" : "group.remove",
              {{"project", project}, {"group", group}, {"username", username}});
  }
  if (Holds(from, kClinic) == Holds(to, kClinic)) return;
  // Either place gives the same owner id: one is the clinic, the other sees it from above.
  const char* place = username.starts_with("ann") ? kRegion : kClinic;
  boost::json::array places;
  if (Holds(to, kClinic)) places.emplace_back(place);
  admin.Run("location.assign",
            {{"project", project}, {"username", username}, {"locations", std::move(places)}});
}

std::string TextIn(const boost::json::value& from, const char* key) {
  return std::string(from.at(key).as_string());
}

phones::PhoneCase CaseOf(const boost::json::value& stored) {
  phones::PhoneCase c;
  c.type = TextIn(stored, "type");
  c.name = TextIn(stored, "name");
  c.owner_id = TextIn(stored, "owner_id");
  c.external_id = TextIn(stored, "external_id");
  c.is_closed = stored.at("closed").as_bool();
  for (const auto& [name, value] : stored.at("properties").as_object()) {
    c.properties[std::string(name)] = value.as_string();
  }
  for (const auto& index : stored.at("indices").as_array()) {
    SetIndex(c, {TextIn(index, "identifier"), TextIn(index, "referenced_id"),
                 TextIn(index, "referenced_type"), TextIn(index, "relationship") == "extension"});
  }
  return c;
}

}  // namespace

PhoneWorld::PhoneWorld(std::string program, std::string database)
    : server_(ServerPlan{std::move(program), folder_.path(), std::move(database), {}, {}}) {
  server_.Start();
  admin_ = std::make_unique<Admin>(server_.admin_origin());
}

phones::testing::HistoryWorld PhoneWorld::WorldFor(std::uint64_t seed) {
  phones::testing::HistoryWorld world;
  world.project = "history-" + std::to_string(seed);
  world.clock = &clock_;
  admin_->Run("project.create", {{"name", world.project}});
  // Whatever is sent whole or while it is made must leave phones the same.
  admin_->Run("test.share_restores", {{"all", seed % 3 == 0}});
  MakeGroupsAndPlaces(*admin_, world.project);
  const std::pair<const char*, std::vector<std::string>> users[] = {
      {"ann", {kTeam, kClinic}}, {"bob", {kTeam, kCrew}}, {"cas", {}}};
  for (const auto& [name, groups] : users) {
    const auto made = admin_->Run(
        "user.create", {{"username", name}, {"password", kPassword}, {"project", world.project}});
    world.users.push_back({TextIn(made, "username"), kPassword, TextIn(made, "user_id"), groups});
  }
  auto groups_now = std::make_shared<std::map<std::string, std::vector<std::string>>>();
  world.set_groups = [this, groups_now,
                      project = world.project](const phones::testing::HistoryUser& user) {
    auto& now = (*groups_now)[user.username];
    SetGroups(*admin_, project, user.username, now, user.groups);
    now = user.groups;
  };
  for (const auto& user : world.users) world.set_groups(user);
  world.connect = [this] { return phones::HttpExchange(server_.origin()); };
  world.stored_case = [this, project = world.project](const std::string& case_id) {
    const auto found = admin_->Find("test.case", {{"project", project}, {"case_id", case_id}});
    return found ? std::optional(CaseOf(*found)) : std::nullopt;
  };
  world.count_cases = [this, project = world.project] {
    const auto counted = admin_->Run("test.count", {{"table", "cases"}, {"project", project}});
    return static_cast<std::size_t>(counted.at("count").as_int64());
  };
  return world;
}

}  // namespace outpost::tests
