#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/problem.h"
#include "domain/people/access.h"
#include "domain/people/accounts.h"
#include "domain/people/testing/people_world.h"
#include "store/changelog/changelog.h"

namespace outpost::people {
namespace {

using people_testing::PeopleWorld;
using testing::ElementsAre;

TEST(Usernames, EveryShortFormThatPhonesSendIsCompleted) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"asha", "asha@demo.commcarehq.org"},
      {"Asha", "asha@demo.commcarehq.org"},
      {"asha@demo", "asha@demo.commcarehq.org"},
      {"asha@DEMO", "asha@demo.commcarehq.org"},
      {"ASHA@demo.commcarehq.org", "asha@demo.commcarehq.org"},
      {"asha@other", "asha@other"},
      {"asha@other.commcarehq.org", "asha@other.commcarehq.org"},
      {"Asha@Example.org", "asha@example.org"},
      {"", "@demo.commcarehq.org"},
  };
  for (const auto& c : cases) EXPECT_EQ(FullUsername(c.first, "demo"), c.second) << c.first;
  EXPECT_EQ(FullUsername("Asha", ""), "asha");
}

/// Who refused what, as the kind of the Problem; empty when nothing was thrown.
template <class Change>
std::string Refused(PeopleWorld& world, Change change) {
  try {
    world.writer.Run(0, change);
    return "";
  } catch (const Problem& problem) {
    return std::string(NameOf(problem.kind()));
  }
}

class People : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_.emplace(scratch_);
    demo_ = world_->AddProject("demo");
  }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::optional<PeopleWorld> world_;
  projects::Project demo_;
};

INSTANTIATE_TEST_SUITE_P(Engines, People,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

TEST_P(People, AProjectSpaceIsFoundListedAndHasANameOfItsOwn) {
  world_->AddProject("another");
  const auto lease = world_->database->Read();
  const auto found = projects::Find(*lease, "demo");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->row, demo_.row);
  EXPECT_EQ(found->stage, projects::Stage::kLive);
  EXPECT_TRUE(found->is_secure);
  EXPECT_FALSE(found->is_suspended);
  EXPECT_EQ(projects::List(*lease).size(), 2U);
  const auto again = [](sql::Batch& batch) { projects::Create(batch, "demo", ""); };
  EXPECT_EQ(Refused(*world_, again), "conflict");
  const auto bad = [](sql::Batch& batch) { projects::Create(batch, "De mo", ""); };
  EXPECT_EQ(Refused(*world_, bad), "bad-request");
}

TEST_P(People, TheDirectoryRemembersForASecondAndForgetsWhenTold) {
  EXPECT_EQ(world_->directory.Find("nobody"), nullptr);
  EXPECT_EQ(world_->directory.Find("demo")->stage, projects::Stage::kLive);
  world_->Write(
      [](sql::Batch& batch) { projects::SetStage(batch, "demo", projects::Stage::kHold); });
  EXPECT_EQ(world_->directory.Find("demo")->stage, projects::Stage::kLive);
  world_->directory.Forget("demo");
  EXPECT_EQ(world_->directory.Find("demo")->stage, projects::Stage::kHold);
  world_->Write([](sql::Batch& batch) {
    projects::SetSuspended(batch, "demo", true);
    projects::SetSecure(batch, "demo", false);
  });
  world_->directory.Forget("demo");
  EXPECT_TRUE(world_->directory.Find("demo")->is_suspended);
  EXPECT_FALSE(world_->directory.Find("demo")->is_secure);
  const auto unknown = [](sql::Batch& batch) { projects::SetSecure(batch, "nobody", true); };
  EXPECT_EQ(Refused(*world_, unknown), "not-found");
}

TEST_P(People, ChangesOfProjectsAndPeopleAreInTheChangeLog) {
  const auto worker = world_->AddWorker(demo_, "asha");
  world_->Write([&](sql::Batch& batch) {
    projects::SetStage(batch, "demo", projects::Stage::kFrozen);
    SetState(batch, worker.username, State::kDeleted);
  });
  std::vector<std::string> seen;
  for (const auto& change : changelog::ReadAfter(*world_->database->Read(), 0, 100)) {
    seen.push_back(change.type + (change.is_deletion ? " gone" : ""));
    EXPECT_EQ(change.project, demo_.row);
  }
  EXPECT_THAT(seen, ElementsAre("Domain", "CommCareUser", "Domain", "CommCareUser gone"));
}

TEST_P(People, WorkersHaveFullLowerCaseNamesUniqueInTheirProject) {
  const auto worker = world_->AddWorker(demo_, "Asha.B_1%+-");
  EXPECT_EQ(worker.username, "asha.b_1%+-@demo.commcarehq.org");
  EXPECT_EQ(worker.user_id.size(), 32U);
  EXPECT_EQ(worker.project, demo_.row);
  EXPECT_EQ(BareUsername(worker), "asha.b_1%+-");
  EXPECT_EQ(world_->AddWorker(demo_, "ravi@demo.commcarehq.org").username,
            "ravi@demo.commcarehq.org");
  const auto other = world_->AddProject("other");
  EXPECT_EQ(world_->AddWorker(other, "ravi").username, "ravi@other.commcarehq.org");
  const std::pair<std::string, std::string_view> refused[] = {
      {"ravi", "conflict"},
      {"RAVI@demo", "conflict"},
      {"", "bad-request"},
      {"a b", "bad-request"},
      {"añb", "bad-request"},
      {"ravi@other.commcarehq.org", "bad-request"},
      {"ravi@example.org", "bad-request"},
      {std::string(81, 'a'), "bad-request"},
      {std::string(80, 'a'), ""},
  };
  for (const auto& c : refused) {
    const auto create = [&](sql::Batch& batch) {
      CreateMobileWorker(batch, demo_, {c.first, "", "", ""});
    };
    EXPECT_EQ(Refused(*world_, create), c.second) << c.first;
  }
}

TEST_P(People, WebUsersAreEmailAddresses) {
  EXPECT_EQ(world_->AddWebUser("Ada@Example.ORG").username, "ada@example.org");
  const std::pair<std::string, std::string_view> refused[] = {
      {"ada@example.org", "conflict"},
      {"ada", "bad-request"},
      {"@example.org", "bad-request"},
      {"a b@example.org", "bad-request"},
      {"a@b@example.org", "bad-request"},
      {"ada@localhost", "bad-request"},
      {"ada@demo.commcarehq.org", "bad-request"},
      {"ada@.org", "bad-request"},
      {std::string(250, 'a') + "@example.org", "bad-request"},
  };
  for (const auto& c : refused) {
    const auto create = [&](sql::Batch& batch) { CreateWebUser(batch, {c.first, "", "", ""}); };
    EXPECT_EQ(Refused(*world_, create), c.second) << c.first;
  }
}

TEST_P(People, EveryChangeOfPasswordStateOrRightsMovesTheVersion) {
  const std::string worker = world_->AddWorker(demo_, "asha").username;
  const std::string web = world_->AddWebUser("ada@example.org").username;
  std::int64_t last = 0;
  const auto expect_moved = [&](const std::string& username, auto change) {
    last = world_->Find(username).auth_version;
    world_->Write(change);
    EXPECT_GT(world_->Find(username).auth_version, last);
  };
  expect_moved(worker, [&](sql::Batch& batch) { SetPassword(batch, worker, "x"); });
  expect_moved(worker, [&](sql::Batch& batch) { SetState(batch, worker, State::kDeactivated); });
  expect_moved(worker, [&](sql::Batch& batch) { SetPractice(batch, worker, true); });
  expect_moved(web, [&](sql::Batch& batch) { SetSuperuser(batch, web, true); });
  expect_moved(web, [&](sql::Batch& batch) {
    AddMember(batch, RequireAccount(batch.connection(), web), demo_.row, "Read Only", false);
  });
  EXPECT_EQ(world_->Find(worker).state, State::kDeactivated);
  EXPECT_TRUE(world_->Find(worker).is_practice);
  EXPECT_TRUE(AnySuperuser(*world_->database->Read()));
  const auto not_a_worker = [&](sql::Batch& batch) { SetSuperuser(batch, worker, true); };
  EXPECT_EQ(Refused(*world_, not_a_worker), "bad-request");
  const auto nobody = [&](sql::Batch& batch) { SetPassword(batch, "nobody", ""); };
  EXPECT_EQ(Refused(*world_, nobody), "not-found");
}

TEST_P(People, ListsAreByNameAndInPages) {
  for (const auto* name : {"c", "a", "b"}) world_->AddWorker(demo_, name);
  world_->AddWorker(world_->AddProject("other"), "x");
  const auto web = world_->AddWebUser("b@example.org");
  world_->Write([&](sql::Batch& batch) { AddMember(batch, web, demo_.row, "", true); });
  const auto names = [&](std::int64_t project, int limit, std::string_view after) {
    std::vector<std::string> found;
    for (const auto& account : List(*world_->database->Read(), project, limit, after)) {
      found.emplace_back(BareUsername(account));
    }
    return found;
  };
  EXPECT_THAT(names(demo_.row, 10, ""), ElementsAre("a", "b", "b", "c"));
  EXPECT_THAT(names(demo_.row, 2, "a@demo.commcarehq.org"), ElementsAre("b", "b"));
  EXPECT_THAT(names(0, 10, ""), ElementsAre("b"));
}

TEST_P(People, TheDefaultRolesHaveTheirExactNamesAndKeys) {
  std::vector<std::string> names;
  for (const auto& role : ListRoles(*world_->database->Read(), demo_.row)) {
    names.push_back(role.name);
    EXPECT_TRUE(role.permissions.keys.contains("access_all_locations")) << role.name;
    if (role.name == kDefaultWorkerRole) {
      EXPECT_EQ(role.permissions.keys,
                (Permissions::Keys{"access_mobile_endpoints", "access_web_apps", "report_an_issue",
                                   "access_all_locations"}));
    }
    if (role.name == "App Editor") {
      EXPECT_TRUE(role.permissions.keys.contains("edit_apps"));
    }
  }
  EXPECT_THAT(names, ElementsAre("App Editor", "Billing Admin", "Field Implementer",
                                 "Mobile Worker Default", "Read Only"));
  world_->Write([&](sql::Batch& batch) { CreateDefaultRoles(batch, demo_.row); });
  EXPECT_EQ(ListRoles(*world_->database->Read(), demo_.row).size(), 5U);
}

TEST_P(People, AWorkerMayUseThePhoneInItsOwnProjectOnly) {
  const auto other = world_->AddProject("other");
  const auto worker = world_->AddWorker(demo_, "asha");
  const auto here = world_->AccessOf(worker.username, demo_);
  EXPECT_TRUE(here.is_member);
  EXPECT_FALSE(here.is_admin);
  EXPECT_EQ(here.role_name, "Mobile Worker Default");
  EXPECT_TRUE(here.May("access_mobile_endpoints"));
  EXPECT_FALSE(here.May("edit_data"));
  const auto there = world_->AccessOf(worker.username, other);
  EXPECT_FALSE(there.is_member);
  EXPECT_FALSE(there.May("access_mobile_endpoints"));
  const auto join = [&](sql::Batch& batch) {
    AddMember(batch, worker, other.row, "Read Only", false);
  };
  EXPECT_EQ(Refused(*world_, join), "bad-request");
  const auto rule = [&](sql::Batch& batch) { AddMember(batch, worker, demo_.row, "Admin", false); };
  EXPECT_EQ(Refused(*world_, rule), "bad-request");
  world_->Write([&](sql::Batch& batch) { SetState(batch, worker.username, State::kDeactivated); });
  EXPECT_FALSE(world_->AccessOf(worker.username, demo_).is_member);
}

TEST_P(People, RolesAdministratorsAndSuperusersDecideWhatWebUsersMayDo) {
  const auto ada = world_->AddWebUser("ada@example.org");
  EXPECT_FALSE(world_->AccessOf(ada.username, demo_).is_member);
  world_->Write([&](sql::Batch& batch) {
    PutRole(batch, demo_.row, "API reader", {"access_api", "edit_data"});
    AddMember(batch, ada, demo_.row, "API reader", false);
  });
  EXPECT_TRUE(world_->AccessOf(ada.username, demo_).May("access_api"));
  EXPECT_TRUE(world_->AccessOf(ada.username, demo_).May("access_all_locations"));
  EXPECT_FALSE(world_->AccessOf(ada.username, demo_).May("edit_apps"));
  world_->Write([&](sql::Batch& batch) {
    PutRole(batch, demo_.row, "API reader", {"edit_apps", "-access_all_locations"});
  });
  EXPECT_FALSE(world_->AccessOf(ada.username, demo_).May("access_api"));
  EXPECT_FALSE(world_->AccessOf(ada.username, demo_).May("edit_apps")) << "beyond its locations";
  world_->Write([&](sql::Batch& batch) { AddMember(batch, ada, demo_.row, "Admin", false); });
  EXPECT_TRUE(world_->AccessOf(ada.username, demo_).May("anything"));
  world_->Write([&](sql::Batch& batch) { RemoveMember(batch, ada, demo_.row); });
  EXPECT_FALSE(world_->AccessOf(ada.username, demo_).May("anything"));
  world_->Write([&](sql::Batch& batch) { SetSuperuser(batch, ada.username, true); });
  EXPECT_TRUE(world_->AccessOf(ada.username, demo_).May("anything"));
  EXPECT_FALSE(world_->AccessOf(ada.username, demo_).is_member);
  const auto no_role = [&](sql::Batch& batch) { AddMember(batch, ada, demo_.row, "King", false); };
  EXPECT_EQ(Refused(*world_, no_role), "not-found");
  const auto admin_role = [&](sql::Batch& batch) { PutRole(batch, demo_.row, "Admin", {}); };
  EXPECT_EQ(Refused(*world_, admin_role), "bad-request");
}

}  // namespace
}  // namespace outpost::people
