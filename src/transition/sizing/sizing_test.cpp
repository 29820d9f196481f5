#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/clock.h"
#include "base/text.h"
#include "format/sheets/xlsx.h"
#include "format/tree/map_reader.h"
#include "transition/sizing/evaluate.h"
#include "transition/sizing/live.h"
#include "transition/sizing/quick.h"
#include "transition/sizing/read_config.h"
#include "transition/sizing/render.h"
#include "transition/sizing/rounding.h"
#include "transition/sizing/templates.h"

namespace outpost::sizing {
namespace {

const std::string kHead =
    "estimation_buffer: 0.2\nstorage_buffer: 0.1\nstorage_display_unit: GB\n"
    "vm_os_storage_gb: 40\nvm_os_storage_group: OS\n";
const std::string kUsage =
    "usage:\n  users: {model: date_range_value, ranges: [[20240101, 20240301, 2500]]}\n";
const std::string kServices =
    "services:\n  app: {usage_capacity_per_node: 1000, process: {cores_per_node: 4, ram_per_node: "
    "8}}\n";

std::string RefusalOf(const std::string& text) {
  try {
    EvaluateAll(ReadConfig(text, "f.yml"), {});
  } catch (const Problem& problem) {
    return problem.told();
  }
  return "accepted";
}

struct SizeCase {
  std::string text;
  std::optional<std::uint64_t> bytes;
};

TEST(SizingSizes, AreWholeBytesOrWholeUnits) {
  for (const auto& one : std::vector<SizeCase>{{"515", 515},
                                               {"10KB", 10'000},
                                               {" 3 TB ", 3'000'000'000'000},
                                               {"1MB", 1'000'000},
                                               {"1.5GB", {}},
                                               {"2K", {}},
                                               {"KB", {}},
                                               {"", {}},
                                               {"-1", {}},
                                               {"10kb", {}},
                                               {"10GBx", {}},
                                               {"999999999999999TB", {}}}) {
    EXPECT_EQ(ParseSize(one.text), one.bytes) << one.text;
  }
}

TEST(SizingRounding, GoesUpToTwoOrThreeDigits) {
  EXPECT_EQ(RoundedUp(3.3e9, 9), 3.3);
  EXPECT_EQ(RoundedUp(3300000000.0000005, 9), 3.3);
  EXPECT_EQ(RoundedUp(317e9, 9), 320);
  EXPECT_EQ(RoundedUp(316e9, 9), 316);
  EXPECT_EQ(RoundedUp(7, 9), 7e-9);
  EXPECT_EQ(RoundedUp(0, 9), std::nullopt);
}

TEST(SizingErrors, SayFileLineKeyAndTheNearestKnownWord) {
  const auto text = kHead + kUsage + "services:\n  app:\n    usage_capacity_per_nod: 1000\n";
  EXPECT_EQ(RefusalOf(text),
            "f.yml:10: services.app.usage_capacity_per_nod: unknown key; did you mean "
            "'usage_capacity_per_node'?");
}

struct RefusalCase {
  std::string text;
  std::string mentions;
};

TEST(SizingErrors, NameWhatIsWrong) {
  const auto with_usage = [](const std::string& model) {
    return kHead + kUsage + "  x: " + model + "\n" + kServices;
  };
  for (const auto& one : std::vector<RefusalCase>{
           {with_usage("{model: derived_sum, dependant_fields: [users]}"), "at least 2 fields"},
           {with_usage("{model: cumulative, dependant_field: users, lifespan: 2}"), "lifespan"},
           {with_usage("{model: cumulativ, dependant_field: users}"), "did you mean 'cumulative'"},
           {with_usage("{model: derived_factor, dependant_field: users, factor: '{f}'}"),
            "no variable 'f'"},
           {with_usage("{model: date_range_value, ranges: [[20240101, 20230101, 5]]}"),
            "ends before it begins"},
           {kHead + kUsage + "services:\n  app: {usage_field: user}\n", "no usage field 'user'"},
           {kHead + kUsage + kServices + "sets_summary_date: soon\n", "'soon' is not a month"},
           {kHead + "usage: 3\n" + kServices, "usage"},
           {"a: [", "YAML"},
           {kUsage + kServices, "estimation_buffer: this key is required"},
           {"estimation_bufer: 1\n" + kUsage + kServices,
            "f.yml:1: estimation_buffer: this key is required; is it meant by 'estimation_bufer'?"},
           {kHead + kUsage + "services:\n  a: {process: {sub_processes: [{name: q}]}}\n",
            "'q' needs a static_number or a capacity"}}) {
    EXPECT_NE(RefusalOf(one.text).find(one.mentions), std::string::npos) << RefusalOf(one.text);
  }
}

TEST(SizingWarnings, NameUnknownKeysAtTheTop) {
  const auto config = ReadConfig("colour: blue\n" + kHead + kUsage + kServices, "f.yml");
  ASSERT_EQ(config.warnings.size(), 1u);
  EXPECT_NE(config.warnings[0].find("colour"), std::string::npos);
}

TEST(SizingWarnings, TellWhenTheFloorIsShownTwice) {
  const auto text = kHead + kUsage +
                    "services:\n  es: {usage_capacity_per_node: 1000, min_nodes: 9, "
                    "min_storage_per_node: 100GB, process: {cores_per_node: 1, ram_per_node: 1}, "
                    "storage: {group: S, static_baseline: 1GB}}\n";
  const auto per_node = [&](bool fix) {
    SizingOptions options;
    options.fix_min_storage = fix;
    const auto result = EvaluateAll(ReadConfig(text, "f.yml"), options);
    EXPECT_EQ(result.warnings.size(), fix ? 0u : 1u);
    return result.sets[0].services[0].months[0].storage_per_node_bytes;
  };
  EXPECT_EQ(per_node(false), 200e9);
  EXPECT_EQ(per_node(true), 100e9);
}

TEST(SizingOneService, LeavesTheOthersOut) {
  const auto text = kHead + kUsage + kServices + "  db: {static_number: 1}\n";
  SizingOptions options;
  options.only_service = "db";
  const auto result = EvaluateAll(ReadConfig(text, "f.yml"), options);
  ASSERT_EQ(result.sets[0].services.size(), 1u);
  EXPECT_EQ(result.sets[0].services[0].definition->name, "db");
  options.only_service = "none";
  EXPECT_THROW(EvaluateAll(ReadConfig(text, "f.yml"), options), Problem);
}

TEST(SizingSpeed, SixHundredThousandUsersOverSixtyMonthsTakeUnderASecond) {
  QuickQuestions questions;
  questions.users = 400'000;
  questions.users_target = 600'000;
  questions.years = 5;
  questions.start = {2026 * 12};
  const auto begin = SteadyMicros();
  const auto answer = Quick(questions);
  EXPECT_LT(SteadyMicros() - begin, kMicrosPerSecond);
  EXPECT_EQ(answer.users.back(), 600'000);
}

TEST(SizingTemplates, AllEvaluateAndSayWhetherTheyAreMeasured) {
  EXPECT_GE(Templates().size(), 6u);
  for (const auto& one : Templates()) {
    const auto result = EvaluateAll(ReadConfig(one.text, std::string(one.name)), {});
    EXPECT_FALSE(result.config.measured.empty()) << one.name;
    EXPECT_FALSE(TextOf(result).empty());
    EXPECT_NE(HtmlOf(result).find("<svg"), std::string::npos);
  }
  EXPECT_EQ(ReadConfig(TemplateNamed("outpost").text, "o").measured, "no");
  for (const char* name : {"single", "micro", "small", "large"}) {
    const auto config =
        ReadConfig(TemplateNamed(std::string("commcare-hq-") + name).text, "hq.yml");
    EXPECT_EQ(config.measured.rfind("not by us", 0), 0u) << name;
    ASSERT_EQ(config.warnings.size(), 1u) << name;
    EXPECT_NE(config.warnings[0].find("chosen by us"), std::string::npos) << name;
  }
  EXPECT_THROW(TemplateNamed("nothing"), Problem);
}

struct GuideCase {
  int users;
  const char* row;
  double machines;
};

TEST(SizingQuick, AnswersWithTheRowsOfTheGuide) {
  for (const auto& one : std::vector<GuideCase>{{1499, "single server", 1},
                                                {1500, "micro cluster", 2},
                                                {3500, "small cluster", 5},
                                                {14999, "small cluster", 5}}) {
    QuickQuestions questions;
    questions.users = one.users;
    questions.start = {2026 * 12};
    const auto answer = Quick(questions);
    EXPECT_EQ(GuideConfigurationFor(one.users), one.row);
    EXPECT_EQ(answer.commcare_hq.machines, one.machines) << one.users;
    EXPECT_EQ(answer.commcare_hq.configuration.rfind(one.row, 0), 0u);
    EXPECT_LT(answer.outpost.ram_gb, answer.commcare_hq.ram_gb + 1);
  }
}

TEST(SizingQuick, StoresMoreEveryYearAndDoublesForAStandby) {
  QuickQuestions questions;
  questions.users = 8000;
  questions.users_target = 20000;
  questions.start = {2026 * 12};
  const auto alone = Quick(questions);
  questions.standby = true;
  const auto pair = Quick(questions);
  EXPECT_EQ(pair.outpost.machines, 2 * alone.outpost.machines);
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_GT(alone.outpost.storage_gb[i], alone.outpost.storage_gb[i - 1]);
  }
  EXPECT_EQ(alone.users.back(), 20000);
}

TEST(SizingQuick, KeepsItsQuestionsInAConfigurationThatGivesTheSameAnswer) {
  QuickQuestions questions;
  questions.users = 8000;
  questions.users_target = 20000;
  questions.forms_per_user = 75;
  questions.attachment_kb_per_form = 33;
  questions.start = {2026 * 12 + 3};
  const auto answer = Quick(questions);
  const auto result = EvaluateAll(ReadConfig(ConfigOf(questions), "kept.yml"), {});
  double bytes = 0;
  for (const auto& service : result.sets[0].services) {
    bytes += service.months.back().storage_total_bytes;
  }
  EXPECT_EQ(std::ceil(bytes / 1e9), answer.outpost.storage_gb.back());
}

TEST(SizingQuick, RefusesFiguresOutOfRange) {
  QuickQuestions questions;
  questions.start = {2026 * 12};
  for (const int users : {0, -5, kQuickUsersMax + 1}) {
    questions.users = users;
    EXPECT_THROW(Quick(questions), Problem) << users;
  }
  questions.users = kQuickUsersMax;
  EXPECT_NO_THROW(Quick(questions));
}

std::vector<DiskSample> Samples(int days, double per_day) {
  std::vector<DiskSample> samples;
  for (int i = 0; i <= days; ++i) {
    samples.push_back({*ParseDate("2026-01-01") + i * kMicrosPerDay, 100e9 + per_day * i});
  }
  return samples;
}

TEST(SizingForecast, NamesTheDayOnWhichTheDiskIsFull) {
  const auto forecast = ForecastDisk(Samples(30, 1e9), 200e9);
  ASSERT_TRUE(forecast && forecast->full_at);
  EXPECT_EQ(FormatDate(*forecast->full_at), "2026-04-11");  // 70 GB left on 31 January
  EXPECT_EQ(forecast->sentence, "At this growth (1.00 GB a day) the disk is full on 2026-04-11.");
}

TEST(SizingForecast, SaysNothingFromTooFewDaysAndNothingInSightWithoutGrowth) {
  EXPECT_FALSE(ForecastDisk(Samples(kForecastDaysMin - 1, 1e9), 200e9));
  EXPECT_TRUE(ForecastDisk(Samples(kForecastDaysMin, 1e9), 200e9));
  EXPECT_FALSE(ForecastDisk(Samples(30, 0), 200e9)->full_at);
  EXPECT_EQ(ForecastDisk(Samples(30, 1e9), 50e9)->sentence, "The disk is full.");
  EXPECT_FALSE(ForecastDisk({}, 1));
}

TEST(SizingLive, WritesAConfigurationThatEvaluatesAndSaysWhereEachValueIsFrom) {
  LiveInputs live;
  live.month = {2026 * 12};
  live.users = {8000, "people with a form in 2026-01"};
  live.forms_total = {5e6, "rows"};
  live.forms_per_user = {61.5, "mean of 3 months"};
  live.form_bytes = {2300, "mean of 5,000,000\nforms"};
  live.cores = 4;
  live.ram_gb = 15.6;
  const auto text = ConfigFromLive(live, 0.02, 24);
  const auto result = EvaluateAll(ReadConfig(text, "live.yml"), {});
  EXPECT_NE(text.find("# people with a form in 2026-01"), std::string::npos);
  EXPECT_NE(text.find("not measured"), std::string::npos);
  EXPECT_EQ(LacksOfHost(result, "outpost", {2026 * 12 + 1}, 4, 15.6, 1e12).size(), 0u);
  EXPECT_EQ(LacksOfHost(result, "outpost", {2026 * 12}, 2, 8, 1e9).size(), 3u);
}

TEST(SizingCsv, WritesOneFilePerTable) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "sizing_csv_test";
  std::filesystem::remove_all(folder);
  const auto result = EvaluateAll(ReadConfig(kHead + kUsage + kServices, "f.yml"), {});
  const auto names = WriteCsvFiles(WorkbookOf(result, result.sets[0], true), folder);
  EXPECT_EQ(names[0], "2024-03-01 - 2K users - User counts.csv");
  for (const auto& name : names) EXPECT_TRUE(std::filesystem::exists(folder / name)) << name;
  std::filesystem::remove_all(folder);
}

std::string FileText(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The last row of the detailed summary, as numbers; blank cells are left out.
std::vector<double> TotalsIn(const std::string& csv) {
  std::vector<double> totals;
  for (const auto line : Split(csv, '\n')) {
    if (line.rfind("Total,", 0) != 0) continue;
    totals.clear();
    for (const auto cell : Split(Trim(line), ',')) {
      if (const auto number = tree::ParseDecimal(cell)) totals.push_back(*number);
    }
  }
  return totals;
}

TEST(SizingXlsx, OpensInLibreOfficeWithTheTotalsOfTheCsv) {
  if (std::system("command -v soffice > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "LibreOffice is not installed";
  }
  namespace fs = std::filesystem;
  const auto folder = fs::path(testing::TempDir()) / "sizing_xlsx_test";
  fs::remove_all(folder);
  const auto result =
      EvaluateAll(ReadConfig(TemplateNamed("commcare-hq-large").text, "commcare-hq-large.yml"), {});
  const auto book = WorkbookOf(result, result.sets[0], true);
  WriteCsvFiles(book, folder);
  sheets::WriteXlsx(book, folder / "book.xlsx");
  // -1: every sheet, each into a file of its own.
  const auto command = "timeout 100 soffice -env:UserInstallation=file://" + folder.string() +
                       "/profile --headless --convert-to 'csv:Text - txt - csv "
                       "(StarCalc):44,34,76,1,,0,false,true,false,false,false,-1' --outdir " +
                       folder.string() + " " + (folder / "book.xlsx").string() +
                       " > /dev/null 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const auto& sheet = book.sheets[0].name;
  const auto ours = TotalsIn(FileText(folder / (sheet + " - Service Detailed Summary.csv")));
  const auto theirs = TotalsIn(FileText(folder / ("book-" + sheet + ".csv")));
  ASSERT_EQ(ours.size(), 16u);
  ASSERT_EQ(theirs.size(), ours.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    EXPECT_NEAR(ours[i], theirs[i], 1e-6 * std::abs(ours[i])) << i;
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace outpost::sizing
