#include "base/instant.h"

#include <gtest/gtest.h>

namespace outpost {
namespace {

struct DateTimeCase {
  std::string text;
  std::string t6;  // empty: refused
};

class ParseDateTimeTest : public testing::TestWithParam<DateTimeCase> {};

TEST_P(ParseDateTimeTest, ReadsIsoAndNothingElse) {
  const auto& c = GetParam();
  const auto got = ParseDateTime(c.text);
  EXPECT_EQ(got ? FormatT6(*got) : "", c.t6) << c.text;
}

INSTANTIATE_TEST_SUITE_P(Table, ParseDateTimeTest,
                         testing::ValuesIn(std::vector<DateTimeCase>{
                             {"2013-03-09T06:30:09.007+03", "2013-03-09T03:30:09.007000Z"},
                             {"2013-03-09T06:30:09.007", "2013-03-09T06:30:09.007000Z"},
                             {"2020-05-01 10:00", "2020-05-01T10:00:00.000000Z"},
                             {"20200501T100000Z", "2020-05-01T10:00:00.000000Z"},
                             {"2020-01-01T00:30:00-05:30", "2020-01-01T06:00:00.000000Z"},
                             {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
                             {"2020-01-01T10:00:00.1234567Z", "2020-01-01T10:00:00.123456Z"},
                             {"2020-02-30T10:00:00Z", ""},
                             {"2020-01-01T24:00:00Z", ""},
                             {"2020-01-01T10:00:00z", ""},
                             {"2020-01-01", ""},
                             {"2020-01-01T10:00:00Z ", ""},
                             {"", ""},
                         }));

TEST(Instant, HttpDatesSurviveTheRoundTrip) {
  const auto at = ParseHttpDate("Mon, 11 Apr 2011 18:24:43 GMT");
  ASSERT_TRUE(at);
  EXPECT_EQ(FormatT6(*at), "2011-04-11T18:24:43.000000Z");
  EXPECT_EQ(FormatHttpDate(*at), "Mon, 11 Apr 2011 18:24:43 GMT");
  EXPECT_FALSE(ParseHttpDate("2011-04-11"));
}

TEST(Instant, ABareDateIsMidnight) {
  EXPECT_EQ(FormatT6(*ParseDateOrDateTime("2024-02-29")), "2024-02-29T00:00:00.000000Z");
  EXPECT_FALSE(ParseDate("2023-02-29"));
}

TEST(Instant, IsWrittenWithAllItsDigitsInEveryYear) {
  EXPECT_EQ(FormatNaive({0}), "1970-01-01T00:00:00.000000");
  EXPECT_EQ(FormatT6({-1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(FormatDate({-1}), "1969-12-31");
  EXPECT_EQ(FormatT6(*ParseDateTime("0001-01-01T00:00:00.000009")), "0001-01-01T00:00:00.000009Z");
  const auto last = *ParseDateTime("9999-12-31T23:59:59.999999");
  EXPECT_EQ(FormatT6(last), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(FormatT6(last + 1), "10000-01-01T00:00:00.000000Z");
  EXPECT_EQ(FormatDate(last + 1), "10000-01-01");
}

}  // namespace
}  // namespace outpost
