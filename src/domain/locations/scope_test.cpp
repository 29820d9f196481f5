#include "domain/locations/scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace outpost::locations {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// country > state > city, and shop below state.
///
///   1 India ── 2 Goa ── 3 Panaji, 4 Margao, 5 Shop
///           └─ 6 Kerala ── 7 Kochi
class ScopeTest : public testing::Test {
 protected:
  ScopeTest() {
    types_ = {Type(1, "country", ""), Type(2, "state", "country"), Type(3, "city", "state"),
              Type(4, "shop", "state")};
    locations_ = {At(1, "India", 1, 0),  At(2, "Goa", 2, 1),  At(3, "Panaji", 3, 2),
                  At(4, "Margao", 3, 2), At(5, "Shop", 4, 2), At(6, "Kerala", 2, 1),
                  At(7, "Kochi", 3, 6)};
  }

  static LocationType Type(std::int64_t row, const std::string& code, const std::string& parent) {
    LocationType type;
    type.row = row;
    type.code = type.name = code;
    type.parent = parent;
    type.modified = row;
    return type;
  }
  static TreeLocation At(std::int64_t row, const std::string& name, std::int64_t type,
                         std::int64_t parent) {
    TreeLocation location;
    location.row = row;
    location.location_id = location.name = name;
    location.type_row = type;
    location.parent_row = parent;
    location.modified = 100 + row;
    return location;
  }
  LocationType& Level(std::size_t row) { return types_[row - 1]; }
  TreeLocation& Place(std::size_t row) { return locations_[row - 1]; }

  static std::vector<std::string> Names(const Tree& tree, const std::vector<int>& places) {
    std::vector<std::string> names;
    for (const int at : places) names.push_back(tree.At(at).name);
    return names;
  }
  std::vector<std::string> Owning(const std::vector<std::int64_t>& assigned, bool limits = false) {
    const auto tree = MakeTree(types_, locations_);
    return Names(tree, OwningLocations(tree, LiveOf(tree, assigned), limits));
  }
  std::vector<std::string> OnPhone(const std::vector<std::int64_t>& assigned, bool all = false) {
    const auto tree = MakeTree(types_, locations_);
    return Names(tree, LocationsForPhone(tree, LiveOf(tree, assigned), all));
  }
  std::int64_t Modified(const std::vector<std::int64_t>& assigned, bool all = false) {
    return ModifiedForPhone(MakeTree(types_, locations_), assigned, all);
  }

  std::vector<LocationType> types_;
  std::vector<TreeLocation> locations_;
};

TEST_F(ScopeTest, ALocationOwnsCasesOnlyWhereItsLevelDoes) {
  EXPECT_THAT(Owning({2}), IsEmpty());
  Level(2).shares_cases = true;
  EXPECT_THAT(Owning({2}), ElementsAre("Goa"));
  EXPECT_THAT(Owning({3}), IsEmpty());
  EXPECT_THAT(Owning({}), IsEmpty());
}

TEST_F(ScopeTest, WhoViewsChildDataHasEveryOwningLocationBelow) {
  Level(1).views_descendants = Level(2).views_descendants = true;
  Level(3).shares_cases = true;
  EXPECT_THAT(Owning({1}), ElementsAre("Panaji", "Margao", "Kochi"));
  EXPECT_THAT(Owning({2, 2}), ElementsAre("Panaji", "Margao"));
  EXPECT_THAT(Owning({2, 6}), ElementsAre("Panaji", "Margao", "Kochi"));
  Place(4).is_archived = true;
  EXPECT_THAT(Owning({2}), ElementsAre("Panaji"));
  Place(2).is_archived = true;
  EXPECT_THAT(Owning({2}), IsEmpty());
  EXPECT_THAT(Owning({1}), ElementsAre("Kochi"));
}

TEST_F(ScopeTest, ChildDataEndsAtALevelOnlyWhereTheProjectLimitsIt) {
  Level(1).views_descendants = true;
  Level(1).expand_view_child_data_to = "state";
  Level(2).shares_cases = Level(3).shares_cases = true;
  EXPECT_THAT(Owning({1}, true), ElementsAre("Goa", "Kerala"));
  EXPECT_THAT(Owning({1}, false), ElementsAre("Goa", "Panaji", "Margao", "Kerala", "Kochi"));
  // The limit is that of each assigned location.
  EXPECT_THAT(Owning({1, 3}, true), ElementsAre("Goa", "Panaji", "Kerala"));
}

TEST_F(ScopeTest, WithoutOptionsAPhoneGetsWhatIsAboveAndBelow) {
  EXPECT_THAT(OnPhone({2}), ElementsAre("India", "Goa", "Panaji", "Margao", "Shop"));
  EXPECT_THAT(OnPhone({3, 7}), ElementsAre("India", "Goa", "Panaji", "Kerala", "Kochi"));
  EXPECT_THAT(OnPhone({}), IsEmpty());
}

TEST_F(ScopeTest, AProjectMaySendAllLocationsAlsoToWhoHasNone) {
  Place(6).is_archived = true;
  EXPECT_THAT(OnPhone({}, true), ElementsAre("India", "Goa", "Panaji", "Margao", "Shop"));
}

TEST_F(ScopeTest, ArchivedLocationsAndWhatIsBelowThemNeverGo) {
  Place(2).is_archived = true;
  EXPECT_THAT(OnPhone({1}), ElementsAre("India", "Kerala", "Kochi"));
  EXPECT_THAT(OnPhone({3}), IsEmpty());
}

TEST_F(ScopeTest, RootWinsOverExpandFromAndIncludeOnlyDoesToo) {
  Level(3).expand_from = "state";
  EXPECT_THAT(OnPhone({3}), ElementsAre("India", "Goa", "Panaji", "Margao", "Shop"));
  Level(3).expands_from_root = true;
  Level(3).expand_to = "state";
  EXPECT_THAT(OnPhone({3}), ElementsAre("India", "Goa", "Kerala"));
  Level(3).expands_from_root = false;
  Level(3).expand_to = "";
  Level(3).include_only = {"city"};
  EXPECT_THAT(OnPhone({3}), ElementsAre("India", "Goa", "Panaji"));
}

TEST_F(ScopeTest, IncludeOnlyIsReachedThroughIncludedParentsAndYieldsToExpandTo) {
  Level(1).include_only = {"country", "city"};
  EXPECT_THAT(OnPhone({1}), ElementsAre("India"));
  Level(1).include_only = {"country", "state", "shop"};
  EXPECT_THAT(OnPhone({1}), ElementsAre("India", "Goa", "Shop", "Kerala"));
  Level(1).expand_to = "city";
  EXPECT_THAT(OnPhone({1}).size(), 7U);
}

TEST_F(ScopeTest, LocationsInACircleOrBelowNothingAreInNoAnswer) {
  Place(2).parent_row = 4;  // Goa below its own city
  Place(6).parent_row = 99;
  EXPECT_THAT(OnPhone({1, 2, 3, 6, 7}, true), ElementsAre("India"));
  EXPECT_EQ(Modified({1, 2, 3, 6, 7}), 101);
}

TEST_F(ScopeTest, WhatWasArchivedSinceStillCountsAsModified) {
  EXPECT_EQ(Modified({6}), 107);
  Place(7).is_archived = true;
  Place(7).modified = 500;
  EXPECT_EQ(Modified({6}), 500);
  Place(7).is_archived = false;
  Place(6).is_archived = true;
  Place(6).modified = 600;
  EXPECT_EQ(Modified({7}), 600) << "assigned below it";
  EXPECT_EQ(Modified({3}), 103) << "of another branch";
  EXPECT_EQ(Modified({}), 0);
  EXPECT_EQ(Modified({}, true), 600);
}

TEST(LocationsDue, AfterAnyChangeLaterThanTheSnapshot) {
  const PreviousSync previous{10, "b1"};
  EXPECT_TRUE(AreLocationsDue(std::nullopt, {}));
  EXPECT_FALSE(AreLocationsDue(previous, {10, 10, 10, "b1"}));
  EXPECT_TRUE(AreLocationsDue(previous, {11, 0, 0, "b1"}));
  EXPECT_TRUE(AreLocationsDue(previous, {0, 11, 0, "b1"}));
  EXPECT_TRUE(AreLocationsDue(previous, {0, 0, 11, "b1"}));
  EXPECT_TRUE(AreLocationsDue(previous, {0, 0, 0, "b2"}));
  EXPECT_FALSE(AreLocationsDue(previous, {0, 0, 0, ""})) << "not known for which app";
  EXPECT_FALSE(AreLocationsDue({{10, ""}}, {0, 0, 0, "b2"}));
}

TEST_F(ScopeTest, PathsLeadFromTheRoot) {
  const auto tree = MakeTree(types_, locations_);
  EXPECT_THAT(Names(tree, PathOf(tree, FindRow(tree, 7))), ElementsAre("India", "Kerala", "Kochi"));
  EXPECT_EQ(FindRow(tree, 99), -1);
  EXPECT_EQ(FindType(tree, "county"), -1);
  EXPECT_EQ(tree.types_modified, 4);
}

}  // namespace
}  // namespace outpost::locations
