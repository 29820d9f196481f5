#include "domain/locations/locations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/problem.h"
#include "domain/locations/assignment.h"
#include "domain/locations/tree.h"
#include "domain/locations/tree_cache.h"
#include "domain/people/custom_fields.h"
#include "domain/people/marks.h"
#include "domain/people/testing/people_world.h"

namespace outpost::locations {
namespace {

using people::Account;
using people_testing::PeopleWorld;
using testing::ElementsAre;
using testing::IsEmpty;

class LocationsTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_.emplace(scratch_);
    demo_ = world_->AddProject("demo");
    asha_ = world_->AddWorker(demo_, "asha");
    state_ = PutLevel("state", "");
    city_ = PutLevel("city", "state");
  }

  LocationType PutLevel(const std::string& code, const std::string& parent) {
    LocationType type;
    type.code = code;
    type.parent = parent;
    return world_->Write([&](sql::Batch& batch) { return PutType(batch, demo_.row, type); });
  }
  static Location Named(const std::string& name, const LocationType& type,
                        std::int64_t parent = 0) {
    Location location;
    location.name = name;
    location.type = type.row;
    location.parent = parent;
    return location;
  }
  Location Add(const Location& location) {
    return world_->Write(
        [&](sql::Batch& batch) { return CreateLocation(batch, demo_.row, location); });
  }
  Location Archive(const Location& location, bool is_archived) {
    return world_->Write(
        [&](sql::Batch& batch) { return SetArchived(batch, demo_.row, location, is_archived); });
  }
  std::string Refused(const std::function<void(sql::Batch&)>& change) {
    try {
      world_->writer.Run(0, change);
      return "";
    } catch (const Problem& problem) {
      return std::string(NameOf(problem.kind()));
    }
  }
  std::string RefusedToAdd(const Location& location) {
    return Refused([&](sql::Batch& b) { CreateLocation(b, demo_.row, location); });
  }
  std::string Put(const Account& account, const std::vector<std::string>& ids,
                  const std::string& primary = "") {
    return Refused([&](sql::Batch& b) { Assign(b, demo_.row, account, ids, primary); });
  }
  Assignment Of(const Account& account) {
    return AssignmentOf(*world_->database->Read(), demo_.row, account.row);
  }
  std::int64_t Mark(std::string_view name) {
    return people::ReadMark(*world_->database->Read(), demo_.row, name);
  }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::optional<PeopleWorld> world_;
  projects::Project demo_;
  Account asha_;
  LocationType state_, city_;
};

INSTANTIATE_TEST_SUITE_P(Engines, LocationsTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

TEST_P(LocationsTest, LevelsComeBackAsTheyWerePut) {
  LocationType type;
  type.code = "shop";
  type.name = "Shop of a city";
  type.parent = "city";
  type.is_administrative = type.shares_cases = type.views_descendants = true;
  type.has_users = false;
  type.expand_from = "state";
  type.expands_from_root = true;
  type.expand_to = "shop";
  type.include_without_expanding = "city";
  type.include_only = {"state", "shop"};
  type.expand_view_child_data_to = "shop";
  world_->Write([&](sql::Batch& batch) { PutType(batch, demo_.row, type); });
  const auto found = RequireType(*world_->database->Read(), demo_.row, "shop");
  EXPECT_EQ(found.name, type.name);
  EXPECT_EQ(found.parent, "city");
  EXPECT_TRUE(found.is_administrative && found.shares_cases && found.views_descendants);
  EXPECT_FALSE(found.has_users);
  EXPECT_EQ(found.expand_from, "state");
  EXPECT_TRUE(found.expands_from_root);
  EXPECT_EQ(found.expand_to, "shop");
  EXPECT_EQ(found.include_without_expanding, "city");
  EXPECT_EQ(found.include_only, type.include_only);
  EXPECT_EQ(found.expand_view_child_data_to, "shop");
  EXPECT_EQ(Mark(people::kLocationsMark), found.modified);
  EXPECT_EQ(Mark(people::kPeopleMark), found.modified);
  EXPECT_TRUE(ListTypes(*world_->database->Read(), demo_.row + 1).empty());
}

TEST_P(LocationsTest, LevelsThatCannotBeAreRefused) {
  const auto put = [&](const LocationType& type) {
    return Refused([&](sql::Batch& b) { PutType(b, demo_.row, type); });
  };
  LocationType type;
  for (const auto* code : {"", "1st", "-a", "a b", "a.b", "ñ", "xmlns", "XMLa"}) {
    type.code = code;
    EXPECT_EQ(put(type), "bad-request") << code;
  }
  type.code = "ok_-9";
  type.parent = "nowhere";
  EXPECT_EQ(put(type), "bad-request");
  type = state_;
  type.parent = "city";
  EXPECT_EQ(put(type), "bad-request") << "state below city below state";
  type.parent = "state";
  EXPECT_EQ(put(type), "bad-request") << "below itself";
  Add(Named("Goa", state_));
  type = state_;
  type.expand_to = "city";
  EXPECT_EQ(put(type), "") << "anything else may change";
  const auto erase = [&](const std::string& code) {
    return Refused([&](sql::Batch& b) { DeleteType(b, demo_.row, code); });
  };
  EXPECT_EQ(erase("state"), "conflict");
  EXPECT_EQ(erase("city"), "conflict") << "the state expands to it";
  EXPECT_EQ(erase("nowhere"), "not-found");
  type = city_;
  type.parent = "";
  EXPECT_EQ(put(type), "") << "no location of it yet";
}

TEST_P(LocationsTest, LevelsHaveLimits) {
  LocationType type;
  type.code = std::string(kTypeCodeCharactersMax, 'c');
  type.name.assign(kNameCharactersMax, 'n');
  const auto put = [&] { return Refused([&](sql::Batch& b) { PutType(b, demo_.row, type); }); };
  EXPECT_EQ(put(), "");
  type.name += 'n';
  EXPECT_EQ(put(), "bad-request");
  type.name = "";
  type.code += 'c';
  EXPECT_EQ(put(), "bad-request");
  world_->Write([&](sql::Batch& batch) {
    for (std::size_t i = 3; i < kTypesMax; ++i) {
      LocationType one;
      one.code = "t" + std::to_string(i);
      PutType(batch, demo_.row, one);
    }
  });
  type.code = "t3";
  EXPECT_EQ(put(), "") << "one of them is replaced";
  type.code = "one_more";
  EXPECT_EQ(put(), "bad-request");
}

TEST_P(LocationsTest, ALocationComesBackAsItWasCreatedAndChanged) {
  world_->Write([&](sql::Batch& batch) {
    people::CustomField field;
    field.slug = "population";
    field.pattern = "^[0-9]+$";
    people::SetFields(batch, demo_.row, people::FieldsOf::kLocations, {field});
  });
  auto location = Named("New Goa", state_);
  location.latitude = "15.2993";
  location.longitude = "-74.12";
  location.fields = {{"population", "1500000"}, {"other", "x"}};
  location.supply_point_id = "sp1";
  location.external_id = "IN-GA";
  const auto created = Add(location);
  EXPECT_EQ(created.site_code, "new_goa");
  EXPECT_EQ(created.location_id.size(), 32U);
  auto changed = *FindLocation(*world_->database->Read(), demo_.row, created.location_id);
  EXPECT_EQ(changed.latitude, "15.2993");
  EXPECT_EQ(changed.longitude, "-74.12");
  EXPECT_EQ(changed.fields, location.fields);
  EXPECT_EQ(changed.supply_point_id, "sp1");
  EXPECT_EQ(changed.external_id, "IN-GA");
  changed.name = "Goa";
  changed.fields["population"] = "many";
  EXPECT_EQ(Refused([&](sql::Batch& b) { ChangeLocation(b, demo_.row, changed); }), "bad-request");
  changed.fields["population"] = "7";
  const auto again =
      world_->Write([&](sql::Batch& batch) { return ChangeLocation(batch, demo_.row, changed); });
  EXPECT_EQ(again.name, "Goa");
  EXPECT_EQ(again.site_code, "new_goa");
  EXPECT_GT(again.modified, created.modified);
  EXPECT_EQ(Mark(people::kLocationsMark), again.modified);
  EXPECT_EQ(RequireLocation(*world_->database->Read(), demo_.row, "new_goa").row, again.row);
  EXPECT_FALSE(FindLocation(*world_->database->Read(), demo_.row + 1, created.location_id));
}

TEST_P(LocationsTest, LocationsThatCannotBeAreRefused) {
  const auto goa = Add(Named("Goa", state_));
  EXPECT_EQ(RefusedToAdd(Named("Goa", state_)), "conflict");
  EXPECT_EQ(RefusedToAdd(Named("Panaji", city_)), "bad-request") << "no parent";
  EXPECT_EQ(RefusedToAdd(Named("Kerala", state_, goa.row)), "bad-request") << "state below state";
  EXPECT_EQ(RefusedToAdd(Named("Panaji", city_, 999'999)), "bad-request");
  EXPECT_EQ(RefusedToAdd(Named(" ", state_)), "bad-request");
  LocationType unknown;
  EXPECT_EQ(RefusedToAdd(Named("x", unknown)), "bad-request");
  auto taken = Named("Kerala", state_);
  taken.site_code = goa.site_code;
  EXPECT_EQ(RefusedToAdd(taken), "conflict");
  taken.site_code = "Not a code";
  EXPECT_EQ(RefusedToAdd(taken), "bad-request");
  taken.site_code = "kerala";
  taken.location_id = goa.location_id;
  EXPECT_EQ(RefusedToAdd(taken), "conflict");
  for (const auto* degrees : {"91", "-90.1", "1e1", "12,5", "nan", "north", "+1", " 1"}) {
    auto placed = Named("Placed", state_);
    placed.latitude = degrees;
    EXPECT_EQ(RefusedToAdd(placed), "bad-request") << degrees;
  }
  for (const auto* degrees : {"90", "-90", "0", "1.5", ""}) {
    auto placed = Named(std::string("Placed ") + degrees, state_);
    placed.latitude = degrees;
    EXPECT_EQ(RefusedToAdd(placed), "") << degrees;
  }
}

TEST_P(LocationsTest, LocationsHaveLimits) {
  for (const std::size_t over : {0U, 1U}) {
    const auto kind = over == 0 ? "" : "bad-request";
    EXPECT_EQ(RefusedToAdd(Named(std::string(kNameCharactersMax + over, 'n'), state_)), kind);
    auto coded = Named("coded", state_);
    coded.site_code.assign(kSiteCodeCharactersMax + over, 'c');
    EXPECT_EQ(RefusedToAdd(coded), kind);
    auto filled = Named("filled" + std::to_string(over), state_);
    filled.fields["k"].assign(kFieldsBytesMax + over - std::string("{'k':''}").size(), 'v');
    EXPECT_EQ(RefusedToAdd(filled), kind);
  }
}

TEST_P(LocationsTest, SiteCodesAreMadeUpAndUnique) {
  EXPECT_EQ(SiteCodeOf("  New York-City 2! "), "new_york-city_2");
  const auto goa = Add(Named("Goa", state_));
  EXPECT_EQ(Add(Named("Goa", city_, goa.row)).site_code, "goa1");
  EXPECT_EQ(Add(Named("गोवा", state_)).site_code, "location");
  EXPECT_EQ(Add(Named("गोवा", city_, goa.row)).site_code, "location1");
}

TEST_P(LocationsTest, WhatIsMovedMarksTheParentItLeavesAndTheOneItGets) {
  const auto goa = Add(Named("Goa", state_));
  const auto kerala = Add(Named("Kerala", state_));
  const auto city = Add(Named("City", city_, goa.row));
  const auto moved = world_->Write(
      [&](sql::Batch& batch) { return MoveLocation(batch, demo_.row, city, kerala.row); });
  EXPECT_EQ(moved.parent, kerala.row);
  const auto lease = world_->database->Read();
  for (const auto row : {goa.row, kerala.row}) {
    EXPECT_EQ(FindByRow(*lease, demo_.row, row)->modified, moved.modified);
  }
  EXPECT_EQ(Refused([&](sql::Batch& b) { MoveLocation(b, demo_.row, moved, 0); }), "bad-request");
  Add(Named("City", city_, goa.row));
  EXPECT_EQ(Refused([&](sql::Batch& b) { MoveLocation(b, demo_.row, moved, goa.row); }),
            "conflict");
}

TEST_P(LocationsTest, ALocationGetsAnotherLevelOnlyWhereNothingIsBelowIt) {
  const auto region = PutLevel("region", "");
  auto goa = Add(Named("Goa", state_));
  goa.type = region.row;
  const auto moved =
      world_->Write([&](sql::Batch& batch) { return MoveLocation(batch, demo_.row, goa, 0); });
  EXPECT_EQ(moved.type, region.row);
  auto kerala = Add(Named("Kerala", state_));
  Add(Named("Kochi", city_, kerala.row));
  kerala.type = region.row;
  EXPECT_EQ(Refused([&](sql::Batch& b) { MoveLocation(b, demo_.row, kerala, 0); }), "bad-request");
}

TEST_P(LocationsTest, TheTreeHasWhatIsStored) {
  const auto goa = Add(Named("Goa", state_));
  const auto panaji = Add(Named("Panaji", city_, goa.row));
  Archive(goa, true);
  const auto tree = LoadTree(*world_->database->Read(), demo_.row);
  ASSERT_EQ(tree.locations.size(), 2U);
  const int at = FindRow(tree, panaji.row);
  EXPECT_EQ(tree.At(at).location_id, panaji.location_id);
  EXPECT_EQ(tree.At(at).site_code, "panaji");
  EXPECT_EQ(tree.TypeOf(at).code, "city");
  EXPECT_FALSE(tree.At(at).is_live);
  EXPECT_FALSE(tree.At(at).is_archived);
  EXPECT_TRUE(LoadTree(*world_->database->Read(), demo_.row + 1).locations.empty());
  EXPECT_EQ(ListLocations(*world_->database->Read(), demo_.row, goa.row, 10).size(), 1U);
}

TEST_P(LocationsTest, SeveralAreReadInTheOrderAsked) {
  const auto goa = Add(Named("Goa", state_));
  const auto kerala = Add(Named("Kerala", state_));
  const std::vector<std::int64_t> rows{kerala.row, 999'999, goa.row};
  const auto found = ReadLocations(*world_->database->Read(), demo_.row, rows);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].name, "Kerala");
  EXPECT_EQ(found[1].row, 0);
  EXPECT_EQ(found[2].name, "Goa");
}

TEST_P(LocationsTest, ATreeIsKeptUntilALocationChanges) {
  TreeCache cache;
  const auto get = [&](std::int64_t project) {
    return cache.Get(*world_->database->Read(), project);
  };
  const auto goa = Add(Named("Goa", state_));
  const auto first = get(demo_.row);
  ASSERT_EQ(Put(asha_, {goa.location_id}), "");
  EXPECT_EQ(get(demo_.row), first) << "another mark moved";
  EXPECT_EQ(get(demo_.row + 1)->locations.size(), 0U);
  Archive(goa, true);
  const auto second = get(demo_.row);
  EXPECT_NE(second, first);
  EXPECT_TRUE(second->locations.front().is_archived);
  EXPECT_FALSE(first->locations.front().is_archived) << "whoever has it keeps it";
  for (std::int64_t other = 1; other <= static_cast<std::int64_t>(TreeCache::kTreesMax); ++other) {
    get(demo_.row + other);
  }
  EXPECT_NE(get(demo_.row), second) << "room for so many at most";
}

TEST_P(LocationsTest, AnArchivedLocationTakesOneOfItsNameBackOnlyWhereThereIsNoOther) {
  const auto goa = Archive(Add(Named("Goa", state_)), true);
  auto second = Named("Goa", state_);
  EXPECT_EQ(Add(second).site_code, "goa1");
  EXPECT_EQ(Refused([&](sql::Batch& b) { SetArchived(b, demo_.row, goa, false); }), "conflict");
}

TEST_P(LocationsTest, AssignmentsHaveAPrimaryLocationAndTellWhenTheyChanged) {
  const auto goa = Add(Named("Goa", state_));
  const auto panaji = Add(Named("Panaji", city_, goa.row));
  EXPECT_EQ(Of(asha_).changed, 0);
  EXPECT_EQ(Put(asha_, {panaji.location_id, goa.location_id}), "");
  const auto first = Of(asha_);
  EXPECT_EQ(first.primary, panaji.location_id);
  EXPECT_THAT(first.Ids(), ElementsAre(goa.location_id, panaji.location_id));
  EXPECT_EQ(first.Primary()->type_code, "city");
  EXPECT_EQ(first.changed, Mark(people::kPeopleMark));
  EXPECT_EQ(Put(asha_, {goa.location_id, panaji.location_id}, panaji.location_id), "");
  EXPECT_EQ(Of(asha_).changed, first.changed) << "nothing changed";
  EXPECT_EQ(Put(asha_, {goa.location_id, panaji.location_id}, goa.location_id), "");
  EXPECT_GT(Of(asha_).changed, first.changed);
  EXPECT_EQ(AssignedTo(*world_->database->Read(), demo_.row, goa.row).size(), 1U);
  EXPECT_EQ(Put(asha_, {}), "");
  EXPECT_THAT(Of(asha_).locations, IsEmpty());
  EXPECT_EQ(Of(asha_).Primary(), nullptr);
  EXPECT_GT(Of(asha_).changed, 0);
  EXPECT_EQ(world_->Find(asha_.username).auth_version, asha_.auth_version);
}

TEST_P(LocationsTest, WhatLiesBelowAnArchivedLocationIsNotAssignedForThatTime) {
  const auto goa = Add(Named("Goa", state_));
  const auto kerala = Add(Named("Kerala", state_));
  const auto panaji = Add(Named("Panaji", city_, goa.row));
  ASSERT_EQ(Put(asha_, {kerala.location_id, panaji.location_id}, panaji.location_id), "");
  const auto archived = Archive(goa, true);
  EXPECT_THAT(Of(asha_).Ids(), ElementsAre(kerala.location_id));
  EXPECT_EQ(Of(asha_).primary, kerala.location_id) << "stands in";
  EXPECT_EQ(Of(asha_).all_rows.size(), 2U);
  Archive(archived, false);
  EXPECT_EQ(Of(asha_).primary, panaji.location_id);
}

TEST_P(LocationsTest, AssignmentsThatCannotBeAreRefused) {
  const auto goa = Add(Named("Goa", state_));
  const auto old = Archive(Add(Named("Old", state_)), true);
  auto depot = state_;
  depot.code = "depot";
  depot.has_users = false;
  world_->Write([&](sql::Batch& batch) { depot = PutType(batch, demo_.row, depot); });
  const auto store = Add(Named("Store", depot));
  EXPECT_EQ(Put(asha_, {"nowhere"}), "bad-request");
  EXPECT_EQ(Put(asha_, {old.location_id}), "bad-request");
  EXPECT_EQ(Put(asha_, {store.location_id}), "bad-request");
  EXPECT_EQ(Put(asha_, {goa.location_id}, "other"), "bad-request");
  EXPECT_EQ(Put(world_->AddWebUser("ada@example.org"), {goa.location_id}), "bad-request");
  EXPECT_EQ(Of(asha_).changed, 0);
  EXPECT_EQ(Put(asha_, std::vector<std::string>(kAssignedMax, goa.location_id)), "");
  EXPECT_EQ(Put(asha_, std::vector<std::string>(kAssignedMax + 1, goa.location_id)), "bad-request");
}

}  // namespace
}  // namespace outpost::locations
