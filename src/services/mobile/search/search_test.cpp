#include <gtest/gtest.h>

#include "base/problem.h"
#include "services/mobile/search/case_matcher.h"
#include "services/mobile/search/search_params.h"

namespace outpost::mobile {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

cases::Case Person(const std::string& name, const std::string& dob = "") {
  cases::Case c;
  c.case_id = "id-" + name;
  c.type = "person";
  c.name = name;
  c.owner_id = "o1";
  c.properties["dob"] = {dob, false};
  c.indices.insert({"parent", "mother", "person", "child"});
  return c;
}

bool IsFound(const cases::Case& c, Fields fields) {
  fields.emplace_back("case_type", "person");
  const FindAncestor find = [](const std::string& id) {
    return id == "mother" ? std::optional(Person("Ann")) : std::nullopt;
  };
  return Matches(c, ReadSearchParams(fields), find);
}

std::string RefusalOf(const Fields& fields) {
  try {
    ReadSearchParams(fields);
  } catch (const Problem& problem) {
    return problem.told();
  }
  return "";
}

TEST(CaseSearch, OneValueIsMetExactlyAndOfSeveralAnyOne) {
  EXPECT_TRUE(IsFound(Person("Lucy"), {{"name", "Lucy"}}));
  EXPECT_FALSE(IsFound(Person("Lucy"), {{"name", "lucy"}}));
  EXPECT_TRUE(IsFound(Person("Jack"), {{"case_name", "Lucy"}, {"case_name", "Jack"}}));
}

TEST(CaseSearch, AnEmptyValueMeansMissingOrBlank) {
  EXPECT_TRUE(IsFound(Person("Lucy"), {{"dob", ""}}));
  EXPECT_TRUE(IsFound(Person("Lucy"), {{"never_set", ""}}));
  EXPECT_FALSE(IsFound(Person("Lucy", "2020-01-01"), {{"dob", ""}}));
}

TEST(CaseSearch, BothEndsOfARangeCount) {
  const Fields range = {{"dob", "__range__2020-01-01__2020-12-31"}};
  EXPECT_TRUE(IsFound(Person("a", "2020-01-01"), range));
  EXPECT_TRUE(IsFound(Person("a", "2020-12-31T23:59:59Z"), range));
  EXPECT_FALSE(IsFound(Person("a", "2021-01-01"), range));
  EXPECT_FALSE(IsFound(Person("a", "soon"), range));
  EXPECT_TRUE(IsFound(Person("a"), {{"dob", ""}, {"dob", "__range__2020-01-01__2020-12-31"}}));
}

TEST(CaseSearch, OwnersIndicesAndAncestorsNarrowTheSearch) {
  EXPECT_TRUE(IsFound(Person("a"), {{"owner_id", "o1"}}));
  EXPECT_FALSE(IsFound(Person("a"), {{"owner_id", "o2"}}));
  EXPECT_FALSE(IsFound(Person("a"), {{"commcare_blacklisted_owner_ids", "o2 o1"}}));
  EXPECT_TRUE(IsFound(Person("a"), {{"indices.parent", "mother"}}));
  EXPECT_FALSE(IsFound(Person("a"), {{"indices.host", "mother"}}));
  EXPECT_TRUE(IsFound(Person("a"), {{"parent/name", "Ann"}}));
  EXPECT_FALSE(IsFound(Person("a"), {{"parent/parent/parent/name", "Bea"}}));
}

TEST(CaseSearch, ClosedCasesAndOtherTypesAreNeverFound) {
  auto closed = Person("a");
  closed.is_closed = true;
  EXPECT_FALSE(IsFound(closed, {{"include_closed", "True"}}));
  auto other = Person("a");
  other.type = "dog";
  EXPECT_FALSE(IsFound(other, {}));
}

TEST(CaseSearch, WhatIsRefusedIsToldInTheWordsThatClientsKnow) {
  EXPECT_EQ(RefusalOf({{"name", "x"}}), "Search request must specify case_types");
  EXPECT_EQ(RefusalOf({{"case_type", "p"}, {"dob", "__range__2020-1-1__2020-12-31"}}),
            "Invalid date range format, __range__2020-1-1__2020-12-31");
  EXPECT_EQ(RefusalOf({{"case_type", "p"}, {"owner_id", "a"}, {"owner_id", "b"}}),
            "Multiple values are only supported for simple text and range searches");
  EXPECT_NE(RefusalOf({{"case_type", "p"}, {"_xpath_query", "a = 'b'"}}), "");
  EXPECT_EQ(RefusalOf({{"case_type", "p"}, {"x_commcare_tag_module_name", "Search"}}), "");
}

TEST(CaseSearch, SortsByTextNumberAndDirection) {
  std::vector<cases::Case> found = {Person("b", "10"), Person("a", "9"), Person("c", "")};
  Sort(found, ReadSearchParams({{"case_type", "p"}, {"commcare_sort", "-dob:numeric"}}).sort);
  EXPECT_EQ(found[0].name, "b");
  EXPECT_EQ(found[2].name, "c");
  Sort(found, ReadSearchParams({{"case_type", "p"}, {"commcare_sort", "+name"}}).sort);
  EXPECT_EQ(found[0].name, "a");
}

}  // namespace
}  // namespace outpost::mobile
