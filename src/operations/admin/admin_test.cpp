#include "operations/admin/admin.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/problem.h"
#include "crypto/passwords.h"
#include "domain/people/testing/people_world.h"

namespace outpost::operations {
namespace {

using boost::json::object;

class AdminTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_.emplace(scratch_);
    authenticator_.emplace(*world_->database, world_->writer, world_->key, world_->clock,
                           world_->metrics);
    blobs_.emplace(scratch_.folder() / "blobs");
    intake_.emplace(*world_->database, world_->writer, *blobs_, world_->clock);
    admin_.emplace(*world_->database, world_->writer, world_->directory, *authenticator_,
                   world_->key, world_->clock, *intake_);
    router_.emplace();
    AddAdminRoutes(*router_, *admin_);
  }

  object Run(std::string_view command, const object& arguments) {
    return boost::json::parse(admin_->Run(command, boost::json::serialize(arguments))).as_object();
  }
  /// The kind of Problem that a command ends with; "" when it works.
  std::string Refused(std::string_view command, std::string_view arguments) {
    try {
      admin_->Run(command, arguments);
      return "";
    } catch (const Problem& problem) {
      told_ = problem.told();
      return std::string(NameOf(problem.kind()));
    }
  }
  http::Response Post(const std::string& path, const std::string& body) {
    http::Request request;
    request.body = http::Body(body);
    const auto match = router_->Find(http::Method::kPost, path);
    EXPECT_NE(match.route, nullptr) << path;
    http::Response answer;
    match.route->handler(request,
                         http::Responder([&](http::Response&& sent) { answer = std::move(sent); }));
    return answer;
  }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::optional<people_testing::PeopleWorld> world_;
  std::optional<people::Authenticator> authenticator_;
  std::optional<blobs::BlobStore> blobs_;
  std::optional<intake::Intake> intake_;
  std::optional<Admin> admin_;
  std::optional<http::Router> router_;
  std::string told_;
};

INSTANTIATE_TEST_SUITE_P(Engines, AdminTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

TEST_P(AdminTest, AProjectSpaceIsCreatedShownChangedAndListed) {
  const auto created = Run("project.create", {{"name", "demo"}, {"display_name", "Demo"}});
  EXPECT_EQ(created.at("stage"), "live");
  EXPECT_EQ(created.at("secure"), true);
  EXPECT_EQ(world_->directory.Find("demo")->stage, projects::Stage::kLive);
  EXPECT_EQ(Run("project.stage", {{"name", "demo"}, {"stage", "hold"}}).at("stage"), "hold");
  EXPECT_EQ(world_->directory.Find("demo")->stage, projects::Stage::kHold) << "seen at once";
  EXPECT_EQ(Run("project.suspend", {{"name", "demo"}}).at("suspended"), true);
  EXPECT_EQ(Run("project.resume", {{"name", "demo"}}).at("suspended"), false);
  EXPECT_EQ(Run("project.secure", {{"name", "demo"}, {"on", false}}).at("secure"), false);
  const auto changed =
      Run("project.settings", {{"name", "demo"}, {"settings", {{"block_submissions", true}}}});
  EXPECT_EQ(changed.at("settings").at("block_submissions"), true);
  EXPECT_EQ(changed.at("settings").at("case_attachments"), false);
  EXPECT_EQ(Run("project.show", {{"name", "demo"}}).at("display_name"), "Demo");
  EXPECT_EQ(Run("project.list", {}).at("projects").as_array().size(), 1U);
  EXPECT_EQ(Run("role.list", {{"project", "demo"}}).at("roles").as_array().size(), 5U);
}

struct Refusal {
  std::string_view command, arguments, kind, told;
};

TEST_P(AdminTest, WhatCannotBeDoneIsRefusedWithAReason) {
  Run("project.create", {{"name", "demo"}});
  Run("user.create", {{"username", "asha"}, {"project", "demo"}, {"password", "x"}});
  const Refusal refusals[] = {
      {"project.crate", "{}", "not-found", "project.create"},
      {"project.create", "[]", "malformed", "JSON object"},
      {"project.create", "{\"name\"", "malformed", "JSON object"},
      {"project.create", "{}", "bad-request", "'name' is missing"},
      {"project.create", "", "bad-request", "'name' is missing"},
      {"project.create", R"({"name": 7})", "bad-request", "must be a text"},
      {"project.create", R"({"nam": "x"})", "bad-request", "Did you mean 'name'"},
      {"project.create", R"({"name": "demo"})", "conflict", "already"},
      {"project.create", R"({"name": "My Project"})", "bad-request", "my-project"},
      {"project.stage", R"({"name": "demo", "stage": "relay"})", "bad-request", "live, hold"},
      {"project.secure", R"({"name": "demo", "on": "yes"})", "bad-request", "true or false"},
      {"project.settings", R"({"name": "demo", "settings": {"block_submission": true}})",
       "bad-request", "Did you mean 'block_submissions'?"},
      {"project.show", R"({"name": "nope"})", "not-found", "project list"},
      {"user.create", R"({"username": "asha", "password": "x"})", "bad-request", "project space"},
      {"user.create", R"({"username": "asha", "password": "x", "project": "demo"})", "conflict",
       "taken"},
      {"user.create", R"({"username": "b", "password": "", "project": "demo"})", "bad-request",
       "empty"},
      {"user.create", R"({"username": "b", "project": "demo"})", "bad-request", "password"},
      {"user.create", R"({"username": "b", "password": "x", "project": "demo", "kind": "king"})",
       "bad-request", "'mobile' or 'web'"},
      {"user.create", R"({"username": "b", "password": "x", "project": "demo", "admin": true})",
       "bad-request", "neither"},
      {"user.create", R"({"username": "a@b.org", "password": "long enough", "project": "demo"})",
       "bad-request", "role"},
      {"user.create", R"({"username": "a@b.org", "password": "long enough", "role": "Read Only"})",
       "bad-request", "name that too"},
      {"user.create", R"({"username": "a@b.org", "password": "short"})", "bad-request", "8"},
      {"user.state", R"({"username": "asha", "project": "demo", "state": "asleep"})", "bad-request",
       "deactivated"},
      {"user.state", R"({"username": "asha", "state": "active"})", "not-found", "asha"},
      {"user.superuser", R"({"username": "asha@demo.commcarehq.org", "on": true})", "bad-request",
       "web user"},
      {"role.put", R"({"project": "demo", "name": "R", "permissions": ["acess_api"]})",
       "bad-request", "access_api"},
      {"role.put", R"({"project": "demo", "name": "R", "permissions": [1]})", "bad-request",
       "list of texts"},
      {"user.api_key", R"({"username": "asha", "project": "demo", "name": "k", "days": -1})",
       "bad-request", "days"},
  };
  for (const auto& r : refusals) {
    EXPECT_EQ(Refused(r.command, r.arguments), r.kind) << r.command << ' ' << r.arguments;
    EXPECT_NE(told_.find(r.told), std::string::npos) << told_;
  }
  EXPECT_EQ(Run("user.list", {{"project", "demo"}}).at("users").as_array().size(), 1U);
}

TEST_P(AdminTest, WorkersAndWebUsersAreCreatedWithTheirRights) {
  const auto demo = world_->AddProject("demo");
  const auto worker = Run("user.create", {{"username", "Asha"},
                                          {"project", "demo"},
                                          {"password", "secret"},
                                          {"practice", true},
                                          {"first_name", "Asha"}});
  EXPECT_EQ(worker.at("username"), "asha@demo.commcarehq.org");
  EXPECT_EQ(worker.at("kind"), "mobile");
  EXPECT_EQ(worker.at("practice"), true);
  const auto stored = world_->Find("asha@demo.commcarehq.org");
  EXPECT_EQ(crypto::VerifyPassword(stored.password, "secret"), crypto::PasswordVerdict::kMatch);
  EXPECT_NE(stored.profile.find("Asha"), std::string::npos);

  Run("role.put",
      {{"project", "demo"}, {"name", "API"}, {"permissions", {"access_api", "edit_data"}}});
  const auto web = Run("user.create", {{"username", "ada@example.org"},
                                       {"project", "demo"},
                                       {"role", "API"},
                                       {"password", "long enough"},
                                       {"api", true}});
  EXPECT_EQ(web.at("kind"), "web");
  EXPECT_TRUE(people::HasDigest(*world_->database->Read(), world_->Find("ada@example.org")));
  EXPECT_TRUE(world_->AccessOf("ada@example.org", demo).May("access_api"));
  EXPECT_FALSE(world_->AccessOf("ada@example.org", demo).May("edit_apps"));
  Run("user.member", {{"username", "ada@example.org"}, {"project", "demo"}, {"admin", true}});
  EXPECT_TRUE(world_->AccessOf("ada@example.org", demo).is_admin);
  Run("user.leave", {{"username", "ada@example.org"}, {"project", "demo"}});
  EXPECT_FALSE(world_->AccessOf("ada@example.org", demo).is_member);
  const auto root =
      Run("user.create",
          {{"username", "root@example.org"}, {"superuser", true}, {"password", "long enough"}});
  EXPECT_EQ(root.at("superuser"), true);
  EXPECT_EQ(
      Run("user.superuser", {{"username", "root@example.org"}, {"on", false}}).at("superuser"),
      false);
}

TEST_P(AdminTest, AUserThatIsRefusedHalfWayDoesNotExist) {
  world_->AddProject("demo");
  EXPECT_EQ(Refused("user.create", R"({"username": "ada@example.org", "password": "long enough",
                                       "project": "demo", "role": "No such role"})"),
            "not-found");
  EXPECT_FALSE(people::FindByUsername(*world_->database->Read(), "ada@example.org"));
}

TEST_P(AdminTest, PasswordsStatesAndKeysChangeUnderTheShortName) {
  world_->AddProject("demo");
  Run("user.create", {{"username", "asha"}, {"project", "demo"}, {"password", "old"}});
  Run("user.password", {{"username", "asha"}, {"project", "demo"}, {"password", "new"}});
  const auto password = world_->Find("asha@demo.commcarehq.org").password;
  EXPECT_EQ(crypto::VerifyPassword(password, "new"), crypto::PasswordVerdict::kMatch);
  const auto state = [&](std::string_view name) {
    return Run("user.state", {{"username", "asha"}, {"project", "demo"}, {"state", name}})
        .at("state");
  };
  EXPECT_EQ(state("deactivated"), "deactivated");
  EXPECT_EQ(state("deleted"), "deleted");
  EXPECT_EQ(state("active"), "active");
  const object key{{"username", "asha"}, {"project", "demo"}, {"name", "sync"}, {"days", 30}};
  EXPECT_EQ(Run("user.api_key", key).at("key").as_string().size(), 40U);
  EXPECT_EQ(Refused("user.api_key", boost::json::serialize(key)), "conflict");
  const object digest{{"username", "asha"}, {"project", "demo"}, {"on", true}};
  Run("user.digest", digest);
  Run("user.digest", digest);
  EXPECT_TRUE(
      people::HasDigest(*world_->database->Read(), world_->Find("asha@demo.commcarehq.org")));
}

TEST_P(AdminTest, UsersAreListedInPages) {
  const auto demo = world_->AddProject("demo");
  for (const auto* name : {"c", "a", "b"}) world_->AddWorker(demo, name);
  auto page = Run("user.list", {{"project", "demo"}, {"limit", 2}});
  EXPECT_EQ(page.at("users").as_array().size(), 2U);
  EXPECT_EQ(page.at("users").at(0).at("role"), "Mobile Worker Default");
  EXPECT_EQ(page.at("next"), "b@demo.commcarehq.org");
  page = Run("user.list", {{"project", "demo"}, {"limit", 2}, {"after", page.at("next")}});
  EXPECT_EQ(page.at("users").as_array().size(), 1U);
  EXPECT_TRUE(page.at("next").is_null());
}

TEST_P(AdminTest, TheRoutesAnswerJsonAlsoWhenTheyRefuse) {
  auto answer = Post("/admin/project.create", R"({"name": "demo"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(boost::json::parse(std::get<std::string>(answer.body)).at("name"), "demo");
  answer = Post("/admin/project.show", R"({"name": "nope"})");
  EXPECT_EQ(answer.status, 404);
  const auto body = boost::json::parse(std::get<std::string>(answer.body)).as_object();
  EXPECT_EQ(body.at("kind"), "not-found");
  EXPECT_EQ(body.at("number"), "404.1");
  EXPECT_FALSE(body.at("error").as_string().empty());
}

}  // namespace
}  // namespace outpost::operations
