#include "domain/people/user_data.h"

#include <gtest/gtest.h>

#include "base/problem.h"
#include "domain/people/custom_fields.h"
#include "domain/people/marks.h"
#include "domain/people/testing/people_world.h"
#include "store/changelog/changelog.h"

namespace outpost::people {
namespace {

UserDataParts Parts() {
  UserDataParts parts;
  parts.project_name = "demo";
  parts.field_slugs = {"chw_id", "zone", "unset"};
  parts.own = {{"chw_id", "13"}, {"zone", "north"}, {"extra", "e"}};
  parts.profile_fields = {{"zone", "south"}};
  parts.profile_id = "5";
  return parts;
}

TEST(UserDataRules, LaterSourcesWinOverEarlierOnes) {
  auto parts = Parts();
  parts.own["commcare_project"] = "forged";
  EXPECT_EQ(ComposeApiUserData(parts), (UserData{{"chw_id", "13"},
                                                 {"commcare_profile", "5"},
                                                 {"commcare_project", "demo"},
                                                 {"extra", "e"},
                                                 {"unset", ""},
                                                 {"zone", "south"}}));
}

TEST(UserDataRules, PhonesGetNamePhoneAndKindToo) {
  UserDataParts parts;
  parts.project_name = "demo";
  parts.person = {"Asha", "Rao", "", "", {"91", "92"}};
  const UserData expected{{"commcare_first_name", "Asha"}, {"commcare_last_name", "Rao"},
                          {"commcare_phone_number", "91"}, {"commcare_profile", ""},
                          {"commcare_project", "demo"},    {"commcare_user_type", "commcare"}};
  EXPECT_EQ(ComposePhoneUserData(parts), expected);
  parts.is_practice = true;
  EXPECT_EQ(ComposePhoneUserData(parts).at("user_type"), "demo");
}

TEST(UserDataRules, LocationsAreToldWhenAssignedAndAlwaysOfWebUsers) {
  UserDataParts parts;
  EXPECT_FALSE(ComposePhoneUserData(parts).contains("commcare_location_id"));
  parts.had_locations = true;
  EXPECT_EQ(ComposePhoneUserData(parts).at("commcare_location_ids"), "")
      << "a phone keeps what is no longer sent";
  EXPECT_FALSE(ComposeApiUserData(parts).contains("commcare_location_ids"));
  parts.locations = {"l1", "l2"};
  parts.primary_location = "l2";
  parts.supply_point = "sp";
  const auto data = ComposePhoneUserData(parts);
  EXPECT_EQ(data.at("commcare_location_id"), "l2");
  EXPECT_EQ(data.at("commcare_location_ids"), "l1 l2");
  EXPECT_EQ(data.at("commcare_primary_case_sharing_id"), "l2");
  EXPECT_EQ(data.at("commtrack-supply-point"), "sp");
  UserDataParts web;
  web.is_web_user = true;
  EXPECT_EQ(ComposePhoneUserData(web).at("commcare_location_ids"), "");
  EXPECT_EQ(ComposePhoneUserData(web).at("commcare_user_type"), "web");
}

class UserDataTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_.emplace(scratch_);
    demo_ = world_->AddProject("demo");
    asha_ = world_->AddWorker(demo_, "asha");
    CustomField zone, id;
    zone.slug = "zone";
    zone.choices = {"north", "south"};
    id.slug = "chw_id";
    world_->Write([&](sql::Batch& batch) {
      SetFields(batch, demo_.row, FieldsOf::kUsers, {zone, id});
    });
  }

  std::string Refused(const std::function<void(sql::Batch&)>& change) {
    try {
      world_->writer.Run(0, change);
      return "";
    } catch (const Problem& problem) {
      return std::string(NameOf(problem.kind()));
    }
  }
  std::string Set(const Account& account, const OwnData& data) {
    return Refused([&](sql::Batch& b) { SetOwnData(b, demo_.row, account, data); });
  }
  std::string Put(const UserProfile& profile) {
    return Refused([&](sql::Batch& b) { put_ = PutProfile(b, demo_.row, profile); });
  }
  OwnData Own(const Account& account) {
    return OwnDataOf(*world_->database->Read(), demo_.row, account);
  }
  std::int64_t Mark() { return ReadMark(*world_->database->Read(), demo_.row, kPeopleMark); }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::optional<people_testing::PeopleWorld> world_;
  projects::Project demo_;
  Account asha_;
  UserProfile put_;
};

INSTANTIATE_TEST_SUITE_P(Engines, UserDataTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

TEST_P(UserDataTest, APersonComesBackAndOtherThingsOfTheAccountStay) {
  const Person person{"Asha", "Rao", "hin", "asha@example.org", {"9112", "9113"}};
  const auto mark = Mark();
  world_->Write([&](sql::Batch& batch) {
    batch.connection().Execute("UPDATE accounts SET profile = $1 WHERE id = $2",
                               {"{\"of_tomorrow\":1}", asha_.row});
  });
  world_->Write([&](sql::Batch& batch) {
    SetPerson(batch, RequireAccount(batch.connection(), asha_.username), person);
  });
  const auto stored = world_->Find(asha_.username);
  const auto found = PersonOf(stored);
  EXPECT_EQ(found.first_name, "Asha");
  EXPECT_EQ(found.last_name, "Rao");
  EXPECT_EQ(found.language, "hin");
  EXPECT_EQ(found.email, "asha@example.org");
  EXPECT_EQ(found.phone_numbers, person.phone_numbers);
  EXPECT_NE(stored.profile.find("of_tomorrow"), std::string::npos);
  EXPECT_EQ(stored.auth_version, asha_.auth_version);
  EXPECT_GT(Mark(), mark);
  EXPECT_EQ(changelog::ReadAfter(*world_->database->Read(), 0, 100).back().document_id,
            asha_.user_id);
}

TEST_P(UserDataTest, APersonHasLimits) {
  for (const std::size_t over : {0U, 1U}) {
    const auto kind = over == 0 ? "" : "bad-request";
    const auto set = [&](const Person& person) {
      return Refused([&](sql::Batch& b) { SetPerson(b, asha_, person); });
    };
    Person person;
    person.first_name.assign(kPersonNameCharactersMax + over, 'n');
    EXPECT_EQ(set(person), kind);
    person = {};
    person.phone_numbers = {std::string(kPhoneDigitsMax + over, '1')};
    EXPECT_EQ(set(person), kind);
    person.phone_numbers.assign(kPhoneNumbersMax + over, "1");
    EXPECT_EQ(set(person), kind);
    person = {};
    person.phone_numbers = {over == 0 ? "91" : "+91"};
    EXPECT_EQ(set(person), kind);
  }
}

TEST_P(UserDataTest, OwnDataIsPerProjectAndHeldToTheFields) {
  EXPECT_EQ(Set(asha_, {{{"zone", "north"}, {"extra", "1"}}, ""}), "");
  EXPECT_EQ(Own(asha_).values, (UserData{{"zone", "north"}, {"extra", "1"}}));
  EXPECT_EQ(Set(asha_, {{{"zone", "east"}}, ""}), "bad-request");
  EXPECT_EQ(Set(asha_, {{{"commcare_x", "1"}}, ""}), "bad-request");
  EXPECT_EQ(Set(asha_, {{}, "nope"}), "bad-request");
  const auto web = world_->AddWebUser("ada@example.org");
  EXPECT_EQ(Set(web, {{}, ""}), "not-found");
  EXPECT_TRUE(Own(web).values.empty());
  EXPECT_EQ(Own(asha_).values.size(), 2U) << "what was refused changed nothing";
}

TEST_P(UserDataTest, OwnDataHasALimit) {
  const std::size_t around = std::string(R"({"profile_id":"","values":{"k":""}})").size();
  for (const std::size_t over : {0U, 1U}) {
    EXPECT_EQ(Set(asha_, {{{"k", std::string(kUserDataBytesMax - around + over, 'v')}}, ""}),
              over == 0 ? "" : "bad-request");
  }
}

TEST_P(UserDataTest, WhatAProfileSaysCannotBeSaidOtherwise) {
  ASSERT_EQ(Put({"", "Supervisors", {{"zone", "south"}}}), "");
  const auto id = put_.profile_id;
  EXPECT_EQ(Set(asha_, {{{"zone", "north"}}, id}), "bad-request");
  EXPECT_EQ(Set(asha_, {{{"zone", "south"}, {"chw_id", "7"}}, id}), "");
  EXPECT_EQ(Own(asha_).values, (UserData{{"chw_id", "7"}}));
  EXPECT_EQ(Own(asha_).profile_id, id);
  const auto remove = [&](sql::Batch& batch) { DeleteProfile(batch, demo_.row, id); };
  EXPECT_EQ(Refused(remove), "conflict");
  EXPECT_EQ(Set(asha_, {{}, ""}), "");
  EXPECT_EQ(Refused(remove), "");
  EXPECT_EQ(Refused(remove), "not-found");
}

TEST_P(UserDataTest, ProfilesAreReplacedByIdAndFoundByIdOrName) {
  ASSERT_EQ(Put({"12", "First", {{"zone", "south"}}}), "");
  const auto mark = Mark();
  ASSERT_EQ(Put({"12", "Second", {{"chw_id", ""}}}), "");
  EXPECT_GT(Mark(), mark);
  const auto lease = world_->database->Read();
  ASSERT_EQ(ListProfiles(*lease, demo_.row).size(), 1U);
  EXPECT_EQ(FindProfile(*lease, demo_.row, "12")->name, "Second");
  EXPECT_EQ(FindProfile(*lease, demo_.row, "Second")->profile_id, "12");
  EXPECT_FALSE(FindProfile(*lease, demo_.row, "First"));
  EXPECT_FALSE(FindProfile(*lease, demo_.row + 1, "12"));
  EXPECT_EQ(Put({"", "", {}}), "bad-request");
  EXPECT_EQ(Put({"", "Third", {{"unknown", "1"}}}), "bad-request");
  EXPECT_EQ(Put({"", "Third", {{"zone", "east"}}}), "bad-request");
}

}  // namespace
}  // namespace outpost::people
