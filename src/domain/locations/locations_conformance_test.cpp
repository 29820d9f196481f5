// Which locations go to a phone, and when again, as the corpus has it (restore: fixtures).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "domain/locations/scope.h"
#include "domain/locations/testing/fixture_corpus.h"

namespace outpost::locations {
namespace {

namespace corpus = fixture_corpus;
using boost::json::object;

constexpr const char* kSets = "location_sets.json";
constexpr const char* kResync = "location_resync.json";

class LocationSetsCorpus : public testing::TestWithParam<corpus::Case> {};

TEST_P(LocationSetsCorpus, GivesTheLocationsThatCommCareGives) {
  const object& given = GetParam().content;
  auto types = corpus::TypesOf(given.at("types").as_object());
  auto all = corpus::LocationsOf(given.at("locations").as_object(), types);
  std::vector<std::int64_t> assigned;
  for (const auto& name : corpus::Texts(given, "user_locations")) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& l) { return l.name == name; });
    ASSERT_NE(found, all.end()) << name;
    assigned.push_back(found->row);
  }
  const auto tree = MakeTree(std::move(types), std::move(all));
  std::vector<std::string> names;
  for (const int at : LocationsForPhone(tree, LiveOf(tree, assigned), false)) {
    names.push_back(tree.At(at).name);
  }
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(corpus::Texts(given, "expected")));
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LocationSetsCorpus);
INSTANTIATE_TEST_SUITE_P(Corpus, LocationSetsCorpus, testing::ValuesIn(corpus::CasesOf(kSets)),
                         [](const auto& test) { return test.param.name; });

/// "2020-01-02" as a number that grows with the date; 0 when absent.
std::int64_t PositionOf(const object& from, const char* key) {
  std::int64_t number = 0;
  for (const char c : corpus::Text(from, key)) {
    if (c >= '0' && c <= '9') number = number * 10 + (c - '0');
  }
  return number;
}

class LocationResyncCorpus : public testing::TestWithParam<corpus::Case> {};

TEST_P(LocationResyncCorpus, RepeatsLocationsWhenCommCareDoes) {
  const object& given = GetParam().content;
  std::optional<PreviousSync> previous;
  if (given.at("last_sync").is_object()) {
    const auto& last = given.at("last_sync").as_object();
    previous = PreviousSync{PositionOf(last, "date"), corpus::Text(last, "build_id")};
  }
  const auto& now = given.at("now").as_object();
  const LocationState state{PositionOf(now, "location_modified"), PositionOf(now, "type_modified"),
                            PositionOf(now, "user_location_changed"),
                            corpus::Text(now, "build_id")};
  EXPECT_EQ(AreLocationsDue(previous, state), corpus::Flag(given, "locations_sent"));
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LocationResyncCorpus);
INSTANTIATE_TEST_SUITE_P(Corpus, LocationResyncCorpus, testing::ValuesIn(corpus::CasesOf(kResync)),
                         [](const auto& test) { return test.param.name; });

TEST(LocationCorpusFiles, AreNotEmpty) {
  for (const auto* file : {kSets, kResync}) {
    if (corpus::IsAbsent(file)) GTEST_SKIP() << corpus::WhyAbsent(file);
    EXPECT_FALSE(corpus::CasesOf(file).empty()) << file;
  }
}

}  // namespace
}  // namespace outpost::locations
