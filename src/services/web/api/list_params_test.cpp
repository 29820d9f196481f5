#include "services/web/api/list_params.h"

#include <gtest/gtest.h>

#include "base/problem.h"
#include "services/web/api/date_params.h"
#include "services/web/api/paging.h"
#include "services/web/api/raw_filter.h"

namespace outpost::web {
namespace {

http::Request Asked(std::vector<std::pair<std::string, std::string>> query) {
  http::Request request;
  request.query = std::move(query);
  return request;
}

std::string Told(const std::function<void()>& work) {
  try {
    work();
  } catch (const Problem& problem) {
    return problem.told();
  }
  return "nothing";
}

TEST(PagingTest, ALimitOverTheMaximumIsCutAndZeroMeansTheMaximum) {
  EXPECT_EQ(ReadPaging(Asked({}), 1'000).limit, 20);
  EXPECT_EQ(ReadPaging(Asked({{"limit", "1000"}}), 1'000).limit, 1'000);
  EXPECT_EQ(ReadPaging(Asked({{"limit", "1001"}}), 1'000).limit, 1'000);
  EXPECT_EQ(ReadPaging(Asked({{"limit", "0"}}), 5'000).limit, 5'000);
}

TEST(PagingTest, BadNumbersAreRefusedInTheWordsThatClientsKnow) {
  const auto refusal = [](const char* name, const char* value) {
    return Told([&] { ReadPaging(Asked({{name, value}}), 10); });
  };
  EXPECT_EQ(refusal("limit", "x"),
            "Invalid limit 'x' provided. Please provide a positive integer.");
  EXPECT_EQ(refusal("limit", "-1"),
            "Invalid limit '-1' provided. Please provide a positive integer >= 0.");
  EXPECT_EQ(refusal("offset", "1.5"), "Invalid offset '1.5' provided. Please provide an integer.");
  EXPECT_EQ(refusal("limit", "99999999999999999999"),
            "Invalid limit '99999999999999999999' provided. Please provide a positive integer.");
}

TEST(PagingTest, AReferenceRepeatsEveryParameterAndBeginsWithAQuestionMark) {
  const auto request = Asked({{"name", "Zoë & Co"}, {"limit", "10"}, {"name", "b"}});
  EXPECT_EQ(PageReference(request, {10, 0}, 10),
            "?name=Zo%C3%AB%20%26%20Co&name=b&limit=10&offset=10");
}

TEST(DateParamsTest, ClassicListsTakeFourForms) {
  for (const char* good : {"2024-01-05", "2024-01-05T10:00:00", "2024-01-05T10:00:00.5",
                           "2024-01-05T10:00:00.123456", "2024-01-05T10:00Z"}) {
    EXPECT_TRUE(ReadClassicDate(good, DayEnd::kFirst)) << good;
  }
  for (const char* bad : {"", "2024-01-05 10:00:00", "2024-01-05T10:00:00+00:00", "2024-13-01",
                          "2024-1-5", "2024-01-05T10:00:00.", "2024-01-05T10:00:00.1234567",
                          "2024-01-05T10:00", "2024-01-05T25:00:00", "yesterday"}) {
    EXPECT_FALSE(ReadClassicDate(bad, DayEnd::kFirst)) << bad;
  }
}

TEST(DateParamsTest, ABareDateEndsWithItsLastMicrosecond) {
  EXPECT_EQ(*ReadClassicDate("2024-01-05", DayEnd::kLast),
            *ParseDateTime("2024-01-05T23:59:59.999999Z"));
  EXPECT_EQ(*ReadIsoDate("2024-01-05", DayEnd::kLast),
            *ParseDateTime("2024-01-05T23:59:59.999999Z"));
  EXPECT_EQ(*ReadClassicDate("2024-01-05T00:00:00", DayEnd::kLast),
            *ParseDateTime("2024-01-05T00:00:00Z"));
}

TEST(RawFilterTest, APathLooksThroughListsAndValuesAreAlternatives) {
  constexpr std::string_view kDocument =
      R"({"form":{"kids":[{"k":"One"},{"k":"two"}],"n":3,"ok":true},"type":"data"})";
  const auto matches = [&](const char* path, std::vector<std::string> values) {
    return Matches(kDocument, {{path, std::move(values)}});
  };
  EXPECT_TRUE(matches("form.kids.k", {"one"}));
  EXPECT_TRUE(matches("form.kids.k", {"three", "TWO"}));
  EXPECT_FALSE(matches("form.kids.k", {"three"}));
  EXPECT_TRUE(matches("form.n", {"3"}));
  EXPECT_TRUE(matches("form.ok", {"True"}));
  EXPECT_FALSE(matches("form.kids", {"one"}));
  EXPECT_FALSE(matches("form.nothing.here", {""}));
  EXPECT_FALSE(matches("", {"data"}));
}

TEST(RawFilterTest, EveryPathMustMatchAndExactIsDropped) {
  RawFilters filters;
  AddRawFilter(filters, "a.exact", "1");
  AddRawFilter(filters, "a", "2");
  AddRawFilter(filters, "b", "3");
  ASSERT_EQ(filters.size(), 2);
  EXPECT_TRUE(Matches(R"({"a":"2","b":"3"})", filters));
  EXPECT_FALSE(Matches(R"({"a":"2","b":"4"})", filters));
}

}  // namespace
}  // namespace outpost::web
