#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "api/api_world.h"
#include "store/sql/testing/scratch_postgresql.h"
#include "support/tiny_app.h"

/// The description of the data API against the running server: the same operations, and every role
/// against every operation, two project spaces against each other.
///   api_contract_test PROGRAM sqlite|postgresql
namespace outpost::tests {
namespace {

constexpr int kSkipped = 77;
ApiWorld* world = nullptr;

constexpr const char* kMine = "mine";
constexpr const char* kTheirs = "theirs";
constexpr const char* kSecret = "Nobody-Else-May-See-This";
constexpr const char* kAccess = "access_api";
/// A role that is kept to its locations.
constexpr const char* kToLocations = "-access_all_locations";
constexpr const char* kOfHere = "here@example.org";
constexpr const char* kOfElsewhere = "elsewhere@example.org";
/// What stands in forms and cases of the location "my-place".
constexpr const char* kOfMyPlace = "Only-For-Those-Of-My-Place";

/// Who asks, and what they may.
struct Asker {
  std::string username;
  std::vector<std::string> permissions;  // of a member of kMine; {"Admin"}
  bool is_member = true;
};

std::vector<Asker> Askers() {
  return {
      {"admin@example.org", {"Admin"}},
      {"nothing@example.org", {"report_an_issue"}},
      {"access@example.org", {kAccess}},
      {"data@example.org", {kAccess, "edit_data"}},
      {"data-without-api@example.org", {"edit_data"}},
      {"reports@example.org", {kAccess, "view_reports"}},
      {"workers@example.org", {kAccess, "edit_commcare_users"}},
      {"web-users@example.org", {kAccess, "edit_web_users"}},
      {"locations@example.org", {kAccess, "edit_locations"}},
      {"apps@example.org", {kAccess, "edit_apps"}},
      {kOfElsewhere, {kAccess, "edit_data", "view_reports", kToLocations}},
      {kOfHere, {kAccess, "edit_data", "view_reports", kToLocations}},
      {"stranger@example.org", {}, false},
  };
}

bool Has(const Asker& asker, const std::string& key) {
  return std::find(asker.permissions.begin(), asker.permissions.end(), key) !=
         asker.permissions.end();
}

constexpr std::string_view kAtAllLocations = ", at all locations";

bool MayCall(const Asker& asker, const std::string& permission) {
  if (permission == "login") return true;
  if (!asker.is_member) return false;
  if (Has(asker, "Admin")) return true;
  if (permission.ends_with(kAtAllLocations)) {
    const auto key = permission.substr(0, permission.size() - kAtAllLocations.size());
    return !Has(asker, kToLocations) && MayCall(asker, key);
  }
  const bool is_for_reports = permission.starts_with("submit history");
  return Has(asker, kAccess) && Has(asker, is_for_reports ? "view_reports" : permission);
}

/// The operation's address in a project space, with ids that lead to `form_id` and `case_id`.
std::string Target(const Operation& operation, const std::string& project,
                   const std::string& form_id, const std::string& case_id) {
  // What is set up beside the form "my-form" is called "my-group", "my-place", "my-table".
  const auto whose = form_id.substr(0, form_id.find('-'));
  const std::map<std::string, std::string> values = {
      {"{domain}", project},
      {"{form_id}", form_id},
      {"{case_id}", case_id},
      {"{case_ids}", case_id},
      {"{user_id}", "nobody"},
      {"{external_id}", "ext-" + case_id},
      {"{name}", "form.xml"},
      {"{group_id}", whose + "-group"},
      {"{location_id}", whose + "-place"},
      {"{table_id}", whose + "-table"},
      {"{type_id}", "0"},
      {"{app_id}", whose + "-app"},
      {"{action_id}", "none"},
  };
  std::string target = operation.path;
  for (const auto& [name, value] : values) {
    const auto at = target.find(name);
    if (at != std::string::npos) target.replace(at, name.size(), value);
  }
  return target;
}

std::string NameOf(const Operation& operation) { return operation.method + " " + operation.path; }

class ApiContractTest : public testing::Test {};

TEST_F(ApiContractTest, WhatIsDescribedIsServedAndWhatIsServedIsDescribed) {
  std::set<std::string> described;
  for (const auto& operation : world->Described()) {
    described.insert(operation.method + " " + Shape(operation.path));
  }
  EXPECT_EQ(described, world->Served());
}

TEST_F(ApiContractTest, EveryOperationSaysWhoMayCallIt) {
  const std::set<std::string> known = {"login",
                                       "edit_data",
                                       "edit_data, at all locations",
                                       "edit_commcare_users",
                                       "edit_web_users",
                                       "edit_locations",
                                       "edit_apps",
                                       "access_api",
                                       "submit history",
                                       "submit history, or a mobile worker of the project space"};
  for (const auto& operation : world->Described()) {
    EXPECT_TRUE(known.contains(operation.permission)) << NameOf(operation);
  }
}

TEST_F(ApiContractTest, EveryRoleIsLetInOrRefusedAsTheDescriptionSays) {
  for (const auto& operation : world->Described()) {
    for (const auto& asker : Askers()) {
      const auto answer =
          world->Call(asker.username, operation, Target(operation, kMine, "no-form", "no-case"));
      const bool is_refused = answer.status == 401 || answer.status == 403;
      EXPECT_EQ(is_refused, !MayCall(asker, operation.permission))
          << NameOf(operation) << " by " << asker.username << ": " << answer.status << " "
          << answer.body;
      EXPECT_LT(answer.status, 500) << NameOf(operation);
    }
  }
}

TEST_F(ApiContractTest, NobodyIsLetInWithoutCredentials) {
  for (const auto& operation : world->Described()) {
    const auto answer = world->Call("", operation, Target(operation, kMine, "my-form", "my-case"));
    EXPECT_EQ(answer.status, 401) << NameOf(operation);
    const auto challenge = answer.Header("WWW-Authenticate").value_or("");
    EXPECT_TRUE(challenge.starts_with("Digest ")) << NameOf(operation) << ": " << challenge;
  }
}

TEST_F(ApiContractTest, APasswordIsRefusedWhereOnlyAnApiKeyIsTaken) {
  int found = 0;
  for (const auto& operation : world->Described()) {
    if (!operation.takes_only_keys) continue;
    ++found;
    const auto answer = world->Call("admin@example.org", operation.method,
                                    Target(operation, kMine, "my-form", "my-case"));
    EXPECT_EQ(answer.status, 401) << NameOf(operation);
  }
  EXPECT_GE(found, 2);
}

TEST_F(ApiContractTest, OneProjectsAdministratorLearnsNothingOfAnother) {
  for (const auto& operation : world->Described()) {
    if (operation.path.find("{domain}") == std::string::npos) continue;
    // Their address, and our address with their ids.
    const auto there = world->Call("admin@example.org", operation,
                                   Target(operation, kTheirs, "their-form", "their-case"));
    EXPECT_EQ(there.status, 401) << NameOf(operation);
    const auto here = world->Call("admin@example.org", operation,
                                  Target(operation, kMine, "their-form", "their-case"));
    for (const auto& answer : {there, here}) {
      EXPECT_EQ(answer.body.find(kSecret), std::string::npos) << NameOf(operation);
    }
  }
}

TEST_F(ApiContractTest, TheOwnersSeeWhatTheOthersDoNot) {
  // Else the test above could not fail.
  for (const char* path : {"/api/form/v1/",
                           "/api/form/v1/their-form/",
                           "/api/case/v1/",
                           "/api/case/v1/their-case/",
                           "/api/case/v2/",
                           "/api/case/v2/their-case",
                           "/api/case/v2/ext/ext-their-case/",
                           "/api/form_attachment/v1/their-form/form.xml",
                           "/api/group/v1/",
                           "/api/group/v1/their-group/",
                           "/api/location_type/v1/",
                           "/api/location/v1/",
                           "/api/location/v1/their-place/",
                           "/api/location/v2/",
                           "/api/location/v2/their-place/",
                           "/api/fixture/v1/",
                           "/api/lookup_table/v1/",
                           "/api/lookup_table/v1/their-table/",
                           "/api/lookup_table_item/v1/",
                           "/api/lookup_table_item/v2/",
                           "/api/application/v1/",
                           "/api/application/v1/their-app/"}) {
    const auto answer =
        world->Call("their-admin@example.org", "GET", "/a/" + std::string(kTheirs) + path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_NE(answer.body.find(kSecret), std::string::npos) << path;
  }
}

TEST_F(ApiContractTest, WhoIsKeptToLocationsLearnsNothingOfOtherLocations) {
  int found = 0;
  for (const auto& operation : world->Described()) {
    if (operation.path.find("{domain}") == std::string::npos) continue;
    const auto target = Target(operation, kMine, "placed-form", "placed-case");
    const auto elsewhere = world->Call(kOfElsewhere, operation, target);
    EXPECT_EQ(elsewhere.body.find(kOfMyPlace), std::string::npos) << NameOf(operation);
    const auto here = world->Call(kOfHere, operation, target);
    found += here.body.find(kOfMyPlace) != std::string::npos ? 1 : 0;
  }
  // Lists, details and the file of forms and cases, under all their addresses.
  EXPECT_GE(found, 15);
}

/// A form of somebody who works at "my-place", and a case that the place owns.
void FillPlace() {
  auto& admin = world->admin();
  admin.Run("location.create", {{"project", kMine},
                                {"location_id", "other-place"},
                                {"name", "Elsewhere"},
                                {"type", "place"}});
  for (const auto& [username, place] :
       {std::pair{kOfHere, "my-place"}, std::pair{kOfElsewhere, "other-place"}}) {
    admin.Run(
        "location.assign",
        {{"project", kMine}, {"username", username}, {"locations", boost::json::array{place}}});
  }
  std::string user_id;
  const auto users = admin.Run("user.list", {{"project", kMine}});
  for (const auto& user : users.at("users").as_array()) {
    if (user.at("username") == kOfHere) user_id = user.at("user_id").as_string();
  }
  world->Submit(kMine, "placed-form", "placed-case", kOfMyPlace, {"my-place", user_id});
}

/// A group, a location, a lookup table and an app, each with that name.
void SetUp(const std::string& project, const std::string& whose, const std::string& name) {
  using boost::json::array;
  using boost::json::object;
  auto& admin = world->admin();
  admin.Run("group.create", {{"project", project}, {"group_id", whose + "-group"}, {"name", name}});
  admin.Run("location.put_type", {{"project", project}, {"code", "place"}, {"name", name}});
  admin.Run(
      "location.create",
      {{"project", project}, {"location_id", whose + "-place"}, {"name", name}, {"type", "place"}});
  const object table{{"project", project},
                     {"table_id", whose + "-table"},
                     {"tag", "t"},
                     {"fields", array{object{{"name", name}}}}};
  admin.Run("lookup.begin", table);
  const object row{{"values", object{{name, array{object{{"value", name}}}}}}};
  admin.Run("lookup.fill",
            {{"project", project}, {"table_id", whose + "-table"}, {"rows", array{row}}});
  admin.Run("lookup.finish", {{"project", project}, {"table_id", whose + "-table"}});
  admin.Send("app.import?project=" + project, TinyApp(whose + "-app", name, 1));
}

void Fill() {
  world->CreateProject(kMine);
  world->CreateProject(kTheirs);
  for (const auto& asker : Askers()) {
    world->CreateMember(asker.username, asker.is_member ? kMine : kTheirs,
                        asker.is_member ? asker.permissions : std::vector<std::string>{"Admin"});
  }
  world->CreateMember("their-admin@example.org", kTheirs, {"Admin"});
  world->Submit(kMine, "my-form", "my-case", "Ours", {});
  world->Submit(kTheirs, "their-form", "their-case", kSecret, {});
  SetUp(kMine, "my", "Ours");
  SetUp(kTheirs, "their", kSecret);
  FillPlace();
}

int Main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 3) {
    std::fputs("usage: api_contract_test PROGRAM sqlite|postgresql\n", stderr);
    return 2;
  }
  std::string database;
  if (std::string_view(argv[2]) == "postgresql") {
    auto* server = sql_testing::ScratchPostgresql::Shared();
    if (server == nullptr) return kSkipped;
    database = server->NewDatabase();
  }
  ApiWorld here(argv[1], database);
  world = &here;
  Fill();
  const int result = RUN_ALL_TESTS();
  here.Stop();
  return result;
}

}  // namespace
}  // namespace outpost::tests

int main(int argc, char** argv) {
  try {
    return outpost::tests::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
