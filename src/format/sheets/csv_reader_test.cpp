#include "format/sheets/csv_reader.h"

#include <gtest/gtest.h>

#include <sstream>

#include "base/problem.h"

namespace outpost::sheets {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> Read(const std::string& text) {
  std::istringstream in(text);
  CsvReader reader(in);
  std::vector<Row> rows;
  for (Row row; reader.Next(row);) rows.push_back(row);
  return rows;
}

std::string Refused(const std::string& text) {
  try {
    Read(text);
    return "";
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kMalformed);
    return problem.told();
  }
}

TEST(CsvReader, ReadsRowsWithQuotesAndEitherLineEnd) {
  EXPECT_EQ(Read("a,b\r\n1,\"x, \"\"y\"\"\nz\"\n,\n"),
            (std::vector<Row>{{"a", "b"}, {"1", "x, \"y\"\nz"}, {"", ""}}));
  EXPECT_EQ(Read("a,b"), (std::vector<Row>{{"a", "b"}}));
  EXPECT_EQ(Read("\"\",x\r"), (std::vector<Row>{{"", "x"}}));
  EXPECT_TRUE(Read("").empty());
}

TEST(CsvReader, LeavesOutAByteOrderMarkAndEmptyLines) {
  EXPECT_EQ(Read("\xEF\xBB\xBF"
                 "a\n\n\r\nb\n"),
            (std::vector<Row>{{"a"}, {"b"}}));
}

TEST(CsvReader, SaysInWhichLineSomethingIsWrong) {
  EXPECT_EQ(Refused("a\nb,\"c"), "Line 2: a quote is not ended");
  EXPECT_EQ(Refused("a\"b"), "Line 1: there is a quote within a field that is not quoted");
  EXPECT_EQ(Refused("a\n\n\"b\"c"), "Line 3: there is text behind a closing quote");
}

TEST(CsvReader, ARowHasALimit) {
  EXPECT_EQ(Refused(std::string(CsvReader::kRowBytesMax - 1, 'x') + "\n"), "");
  EXPECT_EQ(Refused("a\n" + std::string(CsvReader::kRowBytesMax, 'x') + "\n"),
            "Line 2: a row has more than 1 MB");
}

}  // namespace
}  // namespace outpost::sheets
