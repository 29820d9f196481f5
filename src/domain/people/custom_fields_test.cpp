#include "domain/people/custom_fields.h"

#include <gtest/gtest.h>

#include "base/problem.h"
#include "domain/people/marks.h"
#include "domain/people/testing/people_world.h"

namespace outpost::people {
namespace {

CustomField Named(const std::string& slug) {
  CustomField field;
  field.slug = slug;
  return field;
}

class CustomFields : public testing::Test {
 protected:
  std::string Refused(const std::vector<CustomField>& fields) {
    try {
      world_.Write([&](sql::Batch& batch) { SetFields(batch, 7, FieldsOf::kUsers, fields); });
      return "";
    } catch (const Problem& problem) {
      EXPECT_EQ(problem.kind(), ProblemKind::kBadRequest);
      return problem.told();
    }
  }

  sql_testing::ScratchDatabase scratch_{sql::Engine::kSqlite};
  people_testing::PeopleWorld world_{scratch_};
};

TEST_F(CustomFields, KeepTheirOrderAndWhatTheyDemand) {
  auto first = Named("zone");
  first.label = "Zone of work";
  first.choices = {"north", "south, far"};
  first.is_required_of_workers = true;
  auto second = Named("chw_id");
  second.pattern = "^[0-9]+$";
  second.pattern_message = "Digits, please";
  second.is_required_of_web_users = true;
  EXPECT_EQ(Refused({first, second}), "");
  const auto lease = world_.database->Read();
  const auto fields = ListFields(*lease, 7, FieldsOf::kUsers);
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[0].slug, "zone");
  EXPECT_EQ(fields[0].label, "Zone of work");
  EXPECT_EQ(fields[0].choices, first.choices);
  EXPECT_TRUE(fields[0].is_required_of_workers);
  EXPECT_FALSE(fields[0].is_required_of_web_users);
  EXPECT_EQ(fields[1].label, "chw_id");
  EXPECT_EQ(fields[1].pattern, second.pattern);
  EXPECT_EQ(fields[1].pattern_message, second.pattern_message);
  EXPECT_TRUE(ListFields(*lease, 7, FieldsOf::kLocations).empty());
  EXPECT_TRUE(ListFields(*lease, 8, FieldsOf::kUsers).empty());
}

TEST_F(CustomFields, OnlyThoseOfLocationsMoveTheMarkOfLocations) {
  const auto set = [&](FieldsOf kind) {
    world_.Write([&](sql::Batch& batch) { SetFields(batch, 7, kind, {Named("a")}); });
    const auto lease = world_.database->Read();
    return std::make_pair(ReadMark(*lease, 7, kPeopleMark), ReadMark(*lease, 7, kLocationsMark));
  };
  const auto users = set(FieldsOf::kUsers);
  EXPECT_GT(users.first, 0);
  EXPECT_EQ(users.second, 0);
  const auto locations = set(FieldsOf::kLocations);
  EXPECT_GT(locations.first, users.first);
  EXPECT_EQ(locations.second, locations.first);
}

TEST_F(CustomFields, NamesAndPatternsThatCannotBeAreRefused) {
  for (const auto* slug : {"", "a b", "a.b", "ñ", "xml_a", "XMLa", "commcare_project"}) {
    EXPECT_NE(Refused({Named(slug)}), "") << slug;
  }
  for (const auto* slug : {"a", "0", "-", "A_z-9", "axml"}) EXPECT_EQ(Refused({Named(slug)}), "");
  EXPECT_NE(Refused({Named("a"), Named("a")}), "");
  auto field = Named("a");
  field.pattern = "(";
  EXPECT_NE(Refused({field}), "");
  field.pattern = "(a)\\1";
  EXPECT_NE(Refused({field}), "") << "back-references cannot be matched in bounded time";
  field.pattern = "a";
  field.choices = {"a"};
  EXPECT_NE(Refused({field}), "");
}

TEST_F(CustomFields, HaveLimits) {
  for (const std::size_t over : {0U, 1U}) {
    EXPECT_EQ(Refused({Named(std::string(kSlugCharactersMax + over, 's'))}).empty(), over == 0);
    auto field = Named("a");
    field.pattern.assign(kPatternCharactersMax + over, 'p');
    EXPECT_EQ(Refused({field}).empty(), over == 0);
    std::vector<CustomField> many;
    for (std::size_t i = 0; i < kFieldsMax + over; ++i) many.push_back(Named(std::to_string(i)));
    EXPECT_EQ(Refused(many).empty(), over == 0);
  }
}

TEST(ValuesOfFields, AreHeldToWhatTheFieldsDemand) {
  auto zone = Named("zone");
  zone.choices = {"north", "south"};
  zone.is_required_of_workers = true;
  auto id = Named("chw_id");
  id.pattern = "^[0-9]+$";
  id.pattern_message = "Digits, please";
  const auto problems = [&](const std::map<std::string, std::string>& values, ValuesOf of) {
    return ProblemsOfValues({zone, id}, values, of);
  };
  EXPECT_EQ(problems({{"zone", "north"}, {"chw_id", "7"}, {"x", "y"}}, ValuesOf::kWorker), "");
  EXPECT_EQ(problems({{"zone", ""}}, ValuesOf::kWorker), "zone is required.");
  EXPECT_EQ(problems({}, ValuesOf::kWebUser), "");
  EXPECT_EQ(problems({{"zone", "north"}, {"chw_id", "7a"}}, ValuesOf::kWorker), "Digits, please");
  EXPECT_EQ(problems({{"zone", "east"}}, ValuesOf::kWebUser),
            "'east' is not a valid choice for zone. The available options are: north, south.");
  EXPECT_EQ(problems({{"commcare_project", "x"}}, ValuesOf::kWebUser),
            "'commcare_project' is reserved.");
}

TEST(ValuesOfFields, ThatAreVeryLongFitNoPatternAndOnesThatBacktrackEnd) {
  auto field = Named("a");
  field.pattern = "(a+)+$";
  const auto fits = [&](const std::string& value) {
    return ProblemsOfValues({field}, {{"a", value}}, ValuesOf::kWorker).empty();
  };
  EXPECT_TRUE(fits(std::string(kMatchedBytesMax, 'a')));
  EXPECT_FALSE(fits(std::string(kMatchedBytesMax + 1, 'a')));
  EXPECT_FALSE(fits(std::string(60, 'a') + "b"));
}

}  // namespace
}  // namespace outpost::people
