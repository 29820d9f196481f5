#include "operations/phones/purge.h"

#include <gtest/gtest.h>

namespace outpost::phones {
namespace {

using Ids = std::vector<std::string>;

/// "a" is mine and open; marks: ! closed, ? somebody else's. Edges: "a>b" child, "a=b" extension.
PhoneCases CasesFrom(const Ids& cases, const Ids& edges) {
  PhoneCases made;
  for (const auto& text : cases) {
    const auto id = text.substr(0, 1);
    made[id].owner_id = text.find('?') == std::string::npos ? "me" : "other";
    made[id].is_closed = text.find('!') != std::string::npos;
  }
  for (const auto& edge : edges) {
    auto& from = made.at(edge.substr(0, 1));
    SetIndex(from, {"i" + std::to_string(from.indices.size()), edge.substr(2), "", edge[1] == '='});
  }
  return made;
}

PurgeResult RunOn(const Ids& cases, const Ids& edges) {
  const OwnerIds owners{"me"};
  return FindPurged(CasesFrom(cases, edges), &owners);
}

TEST(Purge, OpenCasesOfMineStayAndOthersGo) {
  EXPECT_EQ(RunOn({"a", "b!", "c?"}, {}).removed, (Ids{"b", "c"}));
}

TEST(Purge, WhatAnOpenCaseOfMinePointsAtStaysWhateverItIs) {
  EXPECT_EQ(RunOn({"a", "b!", "c?"}, {"a>b", "b>c"}).removed, Ids{});
}

TEST(Purge, ChildrenAreNotKeptByTheirParent) {
  EXPECT_EQ(RunOn({"a", "b?"}, {"b>a"}).removed, Ids{"b"});
}

TEST(Purge, OpenExtensionsStayWithTheirHostWhoeverOwnsThem) {
  EXPECT_EQ(RunOn({"a", "b?"}, {"b=a"}).removed, Ids{});
  EXPECT_EQ(RunOn({"a", "b?!"}, {"b=a"}).removed, Ids{"b"});
}

TEST(Purge, AnExtensionGoesWhenItsHostIsClosed) {
  EXPECT_EQ(RunOn({"a!", "b"}, {"b=a"}).removed, (Ids{"a", "b"}));
}

TEST(Purge, WhatPointsAtACaseThatIsNotThereGoesWithAllThatPointsAtIt) {
  EXPECT_EQ(RunOn({"a", "b", "c"}, {"a>x", "b>a"}).removed, (Ids{"a", "b"}));
}

TEST(Purge, AChildAndExtensionOfTheSameCaseIsAChild) {
  EXPECT_EQ(RunOn({"a", "b?"}, {"b=a", "b>a"}).removed, Ids{"b"});
}

TEST(Purge, ARingIsFoundButNotOneAmongCasesThatGoAnyway) {
  EXPECT_TRUE(RunOn({"a", "b"}, {"a>b", "b>a"}).has_cycle);
  const auto broken = RunOn({"a", "b", "c"}, {"a>b", "b>a", "b>x"});
  EXPECT_FALSE(broken.has_cycle);
  EXPECT_EQ(broken.removed, (Ids{"a", "b"}));
}

TEST(Purge, ItGoesUpAndDownTwiceAndNoFurtherEvenToWhatALiveCasePointsAt) {
  // b is an extension of a, b points at c, d is an extension of c, d points at e, and so on.
  const Ids cases = {"a", "b?", "c?", "d?", "e?", "f?", "g?"};
  const Ids edges = {"b=a", "b>c", "d=c", "d>e", "f=e", "f>g"};
  EXPECT_EQ(RunOn(cases, edges).removed, (Ids{"e", "f", "g"}));
}

TEST(Purge, LedgersGoWithTheirCases) {
  PhoneStore store;
  store.user_id = "me";
  store.cases = CasesFrom({"a", "b?"}, {});
  store.ledgers[{"a", "stock", "p"}] = 1;
  store.ledgers[{"b", "stock", "p"}] = 2;
  Purge(store);
  EXPECT_EQ(store.cases.size(), 1u);
  ASSERT_EQ(store.ledgers.size(), 1u);
  EXPECT_EQ(store.ledgers.begin()->first.case_id, "a");
}

TEST(Purge, GroupsOfTheFixtureOwnToo) {
  PhoneStore store;
  store.user_id = "me";
  store.fixtures[{"user-groups", "me"}].group_ids = {"other"};
  store.cases = CasesFrom({"a", "b?"}, {});
  EXPECT_EQ(Purge(store).removed, Ids{});
  store.fixtures[{"user-groups", "me"}].group_ids.clear();
  EXPECT_EQ(Purge(store).removed, Ids{"b"});
}

}  // namespace
}  // namespace outpost::phones
