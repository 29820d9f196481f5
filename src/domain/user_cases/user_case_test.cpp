#include "domain/user_cases/user_case.h"

#include <gtest/gtest.h>

namespace outpost::user_cases {
namespace {

people::Account Amina() {
  people::Account account;
  account.user_id = "u1";
  account.username = "amina@demo.commcarehq.org";
  account.profile =
      R"({"first_name": "Amina", "last_name": "Otieno", "language": "sw", "email": "a@b.org",
          "phone_numbers": ["254700", "254701"]})";
  return account;
}

cases::Case CaseOf(const Wanted& wanted) {
  cases::Case c;
  c.case_id = "c1";
  c.type = kCaseType;
  c.name = wanted.name;
  c.owner_id = c.external_id = wanted.user_id;
  for (const auto& [key, value] : wanted.properties) c.properties[key] = {value, false};
  return c;
}

TEST(UserCase, SaysWhatTheAccountAndItsUserDataSay) {
  const auto wanted = WantedOf(Amina(), {{"chw_id", "13"}, {"commcare_project", "demo"}});
  EXPECT_EQ(wanted.name, "Amina Otieno");
  EXPECT_TRUE(wanted.is_open);
  EXPECT_EQ(wanted.properties, (std::map<std::string, std::string>{{"chw_id", "13"},
                                                                   {"commcare_project", "demo"},
                                                                   {"email", "a@b.org"},
                                                                   {"first_name", "Amina"},
                                                                   {"hq_user_id", "u1"},
                                                                   {"language", "sw"},
                                                                   {"last_name", "Otieno"},
                                                                   {"phone_number", "254700"},
                                                                   {"username", "amina"}}));
}

TEST(UserCase, OfSomebodyWithoutANameIsCalledByWhatTheyType) {
  auto account = Amina();
  account.profile = "{}";
  EXPECT_EQ(WantedOf(account, {}).name, "amina");
}

TEST(UserCase, NamesAreCutWhereACaseCanHoldNoMore) {
  auto account = Amina();
  const auto name_of = [&](std::size_t characters) {
    account.profile = "{\"first_name\": \"" + std::string(characters, 'n') + "\"}";
    return WantedOf(account, {}).name.size();
  };
  EXPECT_EQ(name_of(255), 255U);
  EXPECT_EQ(name_of(256), 255U);
}

TEST(UserCase, LeavesOutWhatCannotBeAProperty) {
  const people::UserData data = {
      {"1st", "a"},       {"two words", "b"},    {"bell", "\a"},          {"owner_id", "thief"},
      {"case_type", "x"}, {"username", "other"}, {"hq_user_id", "other"}, {"location_id", "l"},
      {"fine", "yes"}};
  const auto wanted = WantedOf(Amina(), data);
  for (const auto* key : {"1st", "two words", "bell", "owner_id", "case_type", "location_id"}) {
    EXPECT_FALSE(wanted.properties.contains(key)) << key;
  }
  EXPECT_EQ(wanted.properties.at("fine"), "yes");
  EXPECT_EQ(wanted.properties.at("username"), "amina");
  EXPECT_EQ(wanted.properties.at("hq_user_id"), "u1");
}

TEST(UserCase, ThatSaysEverythingIsLeftAlone) {
  const auto wanted = WantedOf(Amina(), {{"chw_id", "13"}});
  auto present = CaseOf(wanted);
  present.properties["of_an_app"] = {"kept", false};
  const auto change = ChangeFor(wanted, &present);
  EXPECT_FALSE(change.update);
  EXPECT_FALSE(change.reopens);
}

TEST(UserCase, IsSentOnlyWhatDiffers) {
  const auto wanted = WantedOf(Amina(), {{"chw_id", "13"}, {"zone", ""}});
  auto present = CaseOf(wanted);
  present.properties["chw_id"] = {"12", false};
  present.properties.erase("zone");
  const auto change = ChangeFor(wanted, &present);
  ASSERT_TRUE(change.update);
  EXPECT_FALSE(change.is_new);
  EXPECT_FALSE(change.update->case_name);
  EXPECT_FALSE(change.update->owner_id);
  EXPECT_EQ(change.update->properties,
            (std::vector<std::pair<std::string, std::string>>{{"chw_id", "13"}, {"zone", ""}}));
}

TEST(UserCase, OfSomebodyWhoIsGoneIsClosedOnceAndNeverMade) {
  auto account = Amina();
  account.state = people::State::kDeactivated;
  const auto wanted = WantedOf(account, {});
  EXPECT_FALSE(ChangeFor(wanted, nullptr).update);
  auto present = CaseOf(wanted);
  const auto change = ChangeFor(wanted, &present);
  ASSERT_TRUE(change.update);
  EXPECT_TRUE(change.update->closes);
  present.is_closed = true;
  present.name = "another name";
  EXPECT_FALSE(ChangeFor(wanted, &present).update);
}

TEST(UserCase, OfSomebodyWhoCameBackIsOpenedBeforeAnythingElse) {
  const auto wanted = WantedOf(Amina(), {});
  auto present = CaseOf(wanted);
  present.is_closed = true;
  present.name = "another name";
  const auto change = ChangeFor(wanted, &present);
  EXPECT_TRUE(change.reopens);
  EXPECT_FALSE(change.update);
}

TEST(UserCase, OfSeveralTheOpenOneCountsThenTheOldest) {
  std::vector<cases::Case> cases(3);
  EXPECT_EQ(Chosen({}), nullptr);
  cases[0].row = 7;
  cases[0].is_closed = true;
  cases[1].row = 9;
  cases[2].row = 8;
  EXPECT_EQ(Chosen(cases)->row, 8);
}

TEST(UserCase, ValuesThatAreStoredInAnotherShapeAreNoChange) {
  cases::Case present;
  present.name = "Amina";
  present.properties["since"] = {"2024-01-01T00:00:00.000000Z", false};
  cases::CaseBlock block;
  block.update = {{"case_name", {"Amina", false}},
                  {"since", {"2024-01-01T00:00:00.000000Z", false}}};
  EXPECT_TRUE(ChangesNothing(block, present));
  block.closes = true;
  EXPECT_FALSE(ChangesNothing(block, present));
  block.closes = false;
  block.update.push_back({"zone", {"", false}});
  EXPECT_FALSE(ChangesNothing(block, present));
}

}  // namespace
}  // namespace outpost::user_cases
