#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "base/problem.h"
#include "format/sheets/csv.h"
#include "format/sheets/json.h"
#include "format/sheets/page.h"
#include "format/sheets/text.h"
#include "format/sheets/xlsx.h"

namespace outpost::sheets {
namespace {

Table Sample() {
  return {"Disks", {"Name", "Size"}, {{"fast, \"new\"", 3.4}, {"=1+1", -2.0}, {"", Cell{}}}};
}

TEST(Csv, QuotesGuardsFormulasAndLeavesNumbersAlone) {
  EXPECT_EQ(CsvOf(Sample()), "Name,Size\r\n\"fast, \"\"new\"\"\",3.4\r\n'=1+1,-2\r\n,\r\n");
}

TEST(Csv, GuardsEveryFormulaStart) {
  for (const char* text : {"=a", "+a", "-a", "@a", "\ta"}) {
    EXPECT_EQ(CsvField(text).substr(0, 2).find('\''), 0u) << text;
  }
  EXPECT_EQ(CsvField("a=b"), "a=b");
}

TEST(Numbers, ArePrintedShortAndExact) {
  EXPECT_EQ(NumberText(3.4), "3.4");
  EXPECT_EQ(NumberText(160), "160");
  EXPECT_EQ(NumberText(1320000000000.0), "1320000000000");
  EXPECT_EQ(NumberText(-0.25), "-0.25");
}

TEST(Json, KeepsNumbersTextsAndEmptyCells) {
  EXPECT_EQ(JsonOf({{{"s", {Sample()}}}}),
            "{\"sheets\":[{\"name\":\"s\",\"tables\":[{\"title\":\"Disks\",\"columns\":[\"Name\","
            "\"Size\"],\"rows\":[[\"fast, \\\"new\\\"\",3.4E0],[\"=1+1\",-2],[\"\",null]]}]}]}\n");
}

TEST(Text, AlignsNumbersToTheRight) {
  EXPECT_EQ(TextOf({"T", {"Name", "N"}, {{"a", 5.0}, {"bb", 120.0}}}),
            "T\nName    N\n----  ---\na       5\nbb    120\n");
}

TEST(Markdown, EscapesBars) {
  EXPECT_EQ(MarkdownOf({"", {"a|b"}, {{"c|d"}}}), "| a\\|b |\n| --- |\n| c\\|d |\n");
}

TEST(Page, EscapesWhatItShows) {
  const auto html = HtmlOf({"<t>", {"<c>"}, {{"<script>"}}});
  EXPECT_EQ(html.find("<script>"), std::string::npos);
  EXPECT_EQ(html.find("<c>"), std::string::npos);
  EXPECT_NE(HtmlPage("<x>", "<p>").find("<title>&lt;x&gt;</title>"), std::string::npos);
}

TEST(Svg, LeavesAGapWhereAValueIsMissing) {
  const double gap = std::numeric_limits<double>::quiet_NaN();
  const auto svg = SvgOf({"t", "GB", {"a", "b", "c", "d"}, {{"x", {1, 2, gap, 3}}}});
  const auto path = svg.substr(svg.find("<path"));
  const auto line = path.substr(0, path.find("/>"));
  EXPECT_EQ(std::count(line.begin(), line.end(), 'M'), 2);
  EXPECT_EQ(line.find("nan"), std::string::npos);
}

TEST(Svg, SumsWhatIsOverTheNumberOfColours) {
  Plot plot{"t", "GB", {"a"}, {}};
  for (int i = 0; i < 12; ++i) plot.lines.push_back({"line" + std::to_string(i), {1.0 + i}});
  const auto svg = SvgOf(plot);
  EXPECT_NE(svg.find("others"), std::string::npos);
  EXPECT_EQ(svg.find(">line0<"), std::string::npos);
  EXPECT_NE(svg.find(">line11<"), std::string::npos);
}

TEST(Xlsx, WritesAZipAndKeepsSheetNamesApart) {
  const auto file = std::filesystem::path(testing::TempDir()) / "sheets_test.xlsx";
  Workbook book;
  book.sheets.push_back({std::string(40, 'n'), {Sample()}});
  book.sheets.push_back({std::string(41, 'n'), {Sample()}});
  book.sheets.push_back({"a/b:c", {Sample()}});
  WriteXlsx(book, file);
  EXPECT_GT(std::filesystem::file_size(file), 2000u);
  std::filesystem::remove(file);
}

TEST(Xlsx, SaysWhenTheFileCannotBeWritten) {
  EXPECT_THROW(WriteXlsx({{{"s", {Sample()}}}}, "/nonexistent-folder/x.xlsx"), Problem);
}

}  // namespace
}  // namespace outpost::sheets
