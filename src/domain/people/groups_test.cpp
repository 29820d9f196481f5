#include "domain/people/groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/problem.h"
#include "domain/people/marks.h"
#include "domain/people/testing/people_world.h"

namespace outpost::people {
namespace {

using people_testing::PeopleWorld;
using testing::ElementsAre;
using testing::IsEmpty;

class Groups : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_.emplace(scratch_);
    demo_ = world_->AddProject("demo");
    other_ = world_->AddProject("other");
    asha_ = world_->AddWorker(demo_, "asha");
    ravi_ = world_->AddWorker(demo_, "ravi");
  }

  Group Add(const std::string& name, bool shares_cases = true) {
    Group group;
    group.name = name;
    group.shares_cases = shares_cases;
    return world_->Write([&](sql::Batch& batch) { return CreateGroup(batch, demo_.row, group); });
  }
  void Join(const Group& group, const Account& account) {
    world_->Write([&](sql::Batch& batch) { AddToGroup(batch, demo_.row, group, account); });
  }
  std::vector<std::string> NamesOf(const Account& account, std::int64_t project) {
    std::vector<std::string> names;
    for (const auto& group : GroupsOf(*world_->database->Read(), project, account.row)) {
      names.push_back(group.name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  std::vector<std::string> Members(const Group& group) {
    std::vector<std::string> names;
    for (const auto& account : MembersOf(*world_->database->Read(), demo_.row, group)) {
      names.emplace_back(BareUsername(account));
    }
    return names;
  }
  std::int64_t Mark() { return ReadMark(*world_->database->Read(), demo_.row, kPeopleMark); }
  template <class Change>
  std::string Refused(Change change) {
    try {
      world_->writer.Run(0, change);
      return "";
    } catch (const Problem& problem) {
      return std::string(NameOf(problem.kind()));
    }
  }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::optional<PeopleWorld> world_;
  projects::Project demo_, other_;
  Account asha_, ravi_;
};

INSTANTIATE_TEST_SUITE_P(Engines, Groups,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

TEST_P(Groups, ComeBackAsTheyWereCreatedAndChanged) {
  auto group = Add("North");
  EXPECT_EQ(group.group_id.size(), 32U);
  group.name = "South";
  group.shares_cases = false;
  group.is_for_reports = false;
  group.metadata = {{"leader", "Ada \"A\" L"}};
  world_->Write([&](sql::Batch& batch) { ChangeGroup(batch, demo_.row, group); });
  const auto found = FindGroup(*world_->database->Read(), demo_.row, group.group_id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "South");
  EXPECT_FALSE(found->shares_cases);
  EXPECT_FALSE(found->is_for_reports);
  EXPECT_EQ(found->metadata, group.metadata);
  EXPECT_FALSE(FindGroup(*world_->database->Read(), other_.row, group.group_id));
}

TEST_P(Groups, EveryChangeMovesTheMarkOfPeopleAndNobodysCredentials) {
  EXPECT_EQ(Mark(), 0);
  const auto group = Add("North");
  auto mark = Mark();
  EXPECT_EQ(mark, group.row);
  const auto moved = [&](const char* what) {
    const auto now = Mark();
    EXPECT_GT(now, mark) << what;
    mark = now;
  };
  Join(group, asha_);
  moved("joined");
  world_->Write([&](sql::Batch& batch) { ChangeGroup(batch, demo_.row, group); });
  moved("changed");
  world_->Write([&](sql::Batch& batch) { RemoveFromGroup(batch, demo_.row, group, asha_); });
  moved("left");
  world_->Write([&](sql::Batch& batch) { DeleteGroup(batch, demo_.row, group); });
  moved("deleted");
  EXPECT_EQ(ReadMark(*world_->database->Read(), other_.row, kPeopleMark), 0);
  EXPECT_EQ(world_->Find(asha_.username).auth_version, asha_.auth_version);
}

TEST_P(Groups, WorkersAreInSeveralAndLeaveThem) {
  const auto north = Add("North");
  const auto south = Add("South", false);
  Join(north, asha_);
  Join(north, asha_);
  Join(north, ravi_);
  Join(south, asha_);
  EXPECT_THAT(Members(north), ElementsAre("asha", "ravi"));
  EXPECT_THAT(NamesOf(asha_, demo_.row), ElementsAre("North", "South"));
  EXPECT_THAT(NamesOf(asha_, other_.row), IsEmpty());
  world_->Write([&](sql::Batch& batch) {
    SetState(batch, ravi_.username, State::kDeleted);
    DeleteGroup(batch, demo_.row, south);
  });
  EXPECT_THAT(Members(north), ElementsAre("asha"));
  EXPECT_THAT(NamesOf(asha_, demo_.row), ElementsAre("North"));
}

TEST_P(Groups, AWorkersGroupsAndAGroupsMembersAreReplacedWhole) {
  const auto north = Add("North");
  const auto south = Add("South");
  Join(north, asha_);
  world_->Write([&](sql::Batch& batch) {
    SetGroupsOf(batch, demo_.row, asha_, std::vector<std::string>{south.group_id});
  });
  EXPECT_THAT(NamesOf(asha_, demo_.row), ElementsAre("South"));
  const auto mark = Mark();
  world_->Write([&](sql::Batch& batch) {
    SetGroupsOf(batch, demo_.row, asha_, std::vector<std::string>{south.group_id});
  });
  EXPECT_EQ(Mark(), mark) << "nothing changed";
  world_->Write([&](sql::Batch& batch) {
    SetMembers(batch, demo_.row, south, std::vector<std::string>{ravi_.user_id});
  });
  EXPECT_THAT(Members(south), ElementsAre("ravi"));
}

TEST_P(Groups, WhatCannotBeIsRefused) {
  const auto north = Add("North");
  const auto stranger = world_->AddWorker(other_, "eve");
  const auto web = world_->AddWebUser("ada@example.org");
  for (const auto& account : {stranger, web}) {
    EXPECT_EQ(Refused([&](sql::Batch& b) { AddToGroup(b, demo_.row, north, account); }),
              "bad-request");
  }
  const std::vector<std::string> unknown{"nope"};
  EXPECT_EQ(Refused([&](sql::Batch& b) { SetGroupsOf(b, demo_.row, asha_, unknown); }),
            "bad-request");
  EXPECT_EQ(Refused([&](sql::Batch& b) { SetMembers(b, demo_.row, north, unknown); }),
            "bad-request");
  EXPECT_EQ(Refused([&](sql::Batch& b) { CreateGroup(b, demo_.row, north); }), "conflict");
  Group nameless;
  EXPECT_EQ(Refused([&](sql::Batch& b) { CreateGroup(b, demo_.row, nameless); }), "bad-request");
}

TEST_P(Groups, NamesAndDataHaveLimits) {
  Group group;
  for (const std::size_t over : {0U, 1U}) {
    const auto kind = over == 0 ? "" : "bad-request";
    group = Group();
    group.name.assign(kGroupNameCharactersMax + over, 'n');
    EXPECT_EQ(Refused([&](sql::Batch& b) { CreateGroup(b, demo_.row, group); }), kind);
    group.name = "g";
    group.metadata["k"].assign(kGroupMetadataBytesMax + over - std::string("{'k':''}").size(), 'v');
    EXPECT_EQ(Refused([&](sql::Batch& b) { CreateGroup(b, demo_.row, group); }), kind);
  }
}

TEST_P(Groups, AreFoundByIdOrByANameThatOnlyOneHas) {
  const auto north = Add("North");
  const auto find = [&](const std::string& by) {
    return RequireGroup(*world_->database->Read(), demo_.row, by).group_id;
  };
  EXPECT_EQ(find("North"), north.group_id);
  EXPECT_EQ(find(north.group_id), north.group_id);
  EXPECT_THROW(find("Nort"), Problem);
  Add("North");
  EXPECT_THROW(find("North"), Problem);
  EXPECT_EQ(ListGroups(*world_->database->Read(), demo_.row).size(), 2U);
}

}  // namespace
}  // namespace outpost::people
