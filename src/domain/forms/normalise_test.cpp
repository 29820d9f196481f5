// Datetime normalisation compared with the two patterns of the specification, spelled out as
// regular expressions (POSIX ones: GCC 12 warns of uninitialised members inside its own <regex>).
#include <gtest/gtest.h>
#include <regex.h>

#include <random>
#include <string>
#include <vector>

#include "base/instant.h"
#include "domain/forms/form_xml.h"

namespace outpost::forms {
namespace {

/// An extended POSIX pattern that must match the whole text.
class Pattern {
 public:
  explicit Pattern(const std::string& pattern) {
    const std::string whole = "^(" + pattern + ")$";
    EXPECT_EQ(regcomp(&compiled_, whole.c_str(), REG_EXTENDED | REG_NOSUB), 0);
  }
  ~Pattern() { regfree(&compiled_); }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  bool Matches(const std::string& text) const {
    return regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t compiled_{};
};

bool IsDatetimeByThePatterns(const std::string& text) {
  static const Pattern loose(
      "[0-9]{4}[^0-9]?(0[1-9]|1[0-2])[^0-9]?(0[1-9]|[12][0-9]|3[01])[ T]([01][0-9]|2[0-3])[^0-9]?"
      "[0-5][0-9][^0-9]?([0-5][0-9])?[^0-9]?([0-9]{3,6})?([zZ]|[+-][0-9]{2}[^0-9]?([0-9]{2})?)?");
  static const Pattern iso(
      "[0-9]{4}(-[0-9]{2}-[0-9]{2}|[0-9]{4})[ T][0-9]{2}:?[0-9]{2}(:?[0-9]{2}([.,][0-9]+)?)?"
      "(Z|[+-][0-9]{2}(:?[0-9]{2})?)?");
  return loose.Matches(text) && iso.Matches(text);
}

/// A datetime put together from parts, now and then with an odd one.
std::string RandomDatetime(std::mt19937& random) {
  using Texts = std::vector<std::string>;
  const auto pick = [&](const Texts& usual, const Texts& odd) {
    const Texts& from = std::uniform_int_distribution(0, 24)(random) == 0 ? odd : usual;
    return from[std::uniform_int_distribution<std::size_t>(0, from.size() - 1)(random)];
  };
  const std::string dash = std::uniform_int_distribution(0, 3)(random) == 0 ? "" : "-";
  return pick({"2020", "2024", "1950", "9998"}, {"202", "20x0"}) + pick({dash}, {"/", "", "-"}) +
         pick({"01", "02", "12"}, {"13", "00", "3"}) + pick({dash}, {".", "", "-"}) +
         pick({"01", "28", "31"}, {"32", "00"}) + pick({"T", " "}, {"", "t"}) +
         pick({"00", "09", "23"}, {"24", "7"}) + pick({":", ":", ""}, {"-"}) +
         pick({"00", "59"}, {"60", ""}) + pick({":", ":", ""}, {"."}) +
         pick({"00", "59", "30"}, {"60", ""}) + pick({"", ".", ","}, {";"}) +
         pick({"", "123", "123456"}, {"5", "12", "1234567"}) +
         pick({"", "Z", "+03", "-0530", "+05:45"}, {"z", "+5", "+05:4", "+05:", " Z"}) +
         pick({""}, {" ", "x"});
}

TEST(NormaliseText, AgreesWithThePatternsOfTheSpecification) {
  std::mt19937 random(20240501);
  int normalised = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::string text = RandomDatetime(random);
    const auto result = NormaliseText(text);
    if (!IsDatetimeByThePatterns(text)) {
      EXPECT_EQ(result, text);
    } else if (ParseDateTime(text)) {
      EXPECT_EQ(result, FormatT6(*ParseDateTime(text))) << text;
      ++normalised;
    } else {
      EXPECT_EQ(result, text) << "a date that does not exist";
    }
  }
  EXPECT_GT(normalised, 3'000);
}

struct Pair {
  std::string text, normalised;
};
class NormaliseTextTest : public testing::TestWithParam<Pair> {};

TEST_P(NormaliseTextTest, KeepsOrNormalises) {
  EXPECT_EQ(NormaliseText(GetParam().text), GetParam().normalised);
}

INSTANTIATE_TEST_SUITE_P(Table, NormaliseTextTest,
                         testing::ValuesIn(std::vector<Pair>{
                             {"20200501T100000", "2020-05-01T10:00:00.000000Z"},
                             {"2020-05-01T10:0000", "2020-05-01T10:00:00.000000Z"},
                             {"2020-05-01T1000:00", "2020-05-01T10:00:00.000000Z"},
                             {"2020-05-01T10:00:00,250-0330", "2020-05-01T13:30:00.250000Z"},
                             {"2020-05-01T10:00:00.123456+05:30", "2020-05-01T04:30:00.123456Z"},
                             {"2020-05-01T10:00:00.1234567Z", "2020-05-01T10:00:00.1234567Z"},
                             {"2020-05-01T10:00:00.12Z", "2020-05-01T10:00:00.12Z"},
                             {"2020-05-01T10:00:00z", "2020-05-01T10:00:00z"},
                             {"2021-02-29T10:00:00Z", "2021-02-29T10:00:00Z"},
                             {"2020-05-01T24:00:00Z", "2020-05-01T24:00:00Z"},
                             {"2020-05-01T10:00:60Z", "2020-05-01T10:00:60Z"},
                             {"2020-05-01T10", "2020-05-01T10"},
                             {" 2020-05-01T10:00:00Z", " 2020-05-01T10:00:00Z"},
                             {"2020-05-01T10:00:00Z\n", "2020-05-01T10:00:00Z\n"},
                             {"0000-01-01T10:00:00Z", "0000-01-01T10:00:00Z"},
                             {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"},
                             {"0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00+01:00"},
                             {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000Z"},
                             {"9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59-01:00"},
                         }));

}  // namespace
}  // namespace outpost::forms
