#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "transition/sizing/evaluate.h"
#include "transition/sizing/read_config.h"
#include "transition/sizing/render.h"

namespace outpost::sizing {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

fs::path Corpus() {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return fs::path(set == nullptr ? OUTPOST_CORPUS_DEFAULT : set) / "operations" / "sizing";
}

#define SKIP_WITHOUT_CORPUS() \
  if (!fs::exists(Corpus())) GTEST_SKIP() << "no conformance data at " << Corpus()

std::string ReadFile(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::optional<double> NumberOf(const json::value& value) {
  if (value.is_int64()) return static_cast<double>(value.as_int64());
  if (value.is_uint64()) return static_cast<double>(value.as_uint64());
  if (value.is_double()) return value.as_double();
  return {};
}

bool IsRounded(const std::string& path) {
  return path.find("Rounded Total") != std::string::npos ||
         path.find("Data Storage Per VM") != std::string::npos ||
         path.find("Data Storage HA") != std::string::npos ||
         path.find("Data Storage Total") != std::string::npos ||
         path.find("storage_total_display_unit") != std::string::npos ||
         path.find("storage_by_service") != std::string::npos;
}

/// One rounding unit, or two hundredths of the value where rounded figures were summed.
double ToleranceOf(const std::string& path, double expected) {
  const double exact = std::abs(expected) * 1e-9;
  if (!IsRounded(path) || expected == 0) return exact;
  const double unit = std::pow(10, std::nearbyint(std::log10(0.01 * std::abs(expected))));
  return unit * (1 + 1e-9);
}

void Compare(const json::value& expected, const json::value& got, const std::string& path,
             std::size_t* compared) {
  if (expected.is_object()) {
    ASSERT_TRUE(got.is_object()) << path;
    for (const auto& member : expected.as_object()) {
      const auto* found = got.as_object().if_contains(member.key());
      ASSERT_NE(found, nullptr) << path << "/" << member.key();
      Compare(member.value(), *found, path + "/" + std::string(member.key()), compared);
    }
    EXPECT_EQ(expected.as_object().size(), got.as_object().size()) << path << got;
    return;
  }
  if (expected.is_array()) {
    ASSERT_TRUE(got.is_array()) << path;
    ASSERT_EQ(expected.as_array().size(), got.as_array().size()) << path;
    for (std::size_t i = 0; i < expected.as_array().size(); ++i) {
      Compare(expected.as_array()[i], got.as_array()[i], path + "/" + std::to_string(i), compared);
    }
    return;
  }
  ++*compared;
  const auto number = NumberOf(expected);
  if (!number) {
    EXPECT_EQ(expected, got) << path;
    return;
  }
  const auto value = NumberOf(got);
  ASSERT_TRUE(value) << path << " is " << got;
  EXPECT_NEAR(*number, *value, ToleranceOf(path, *number)) << path;
}

std::vector<fs::path> Files(const char* folder, const char* extension) {
  std::vector<fs::path> files;
  if (!fs::exists(Corpus() / folder)) return files;
  for (const auto& entry : fs::directory_iterator(Corpus() / folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(SizingConformance, EveryConfigurationGivesTheExpectedFigures) {
  SKIP_WITHOUT_CORPUS();
  std::size_t files = 0;
  std::size_t compared = 0;
  for (const auto& file : Files("expected", ".json")) {
    SCOPED_TRACE(file.filename().string());
    const auto expected = json::parse(ReadFile(file)).as_object();
    const std::string name(expected.at("config").as_string());
    auto path = Corpus() / "synthetic" / name;
    if (!fs::exists(path)) path = Corpus() / "upstream" / name;
    const auto result = EvaluateAll(ReadConfig(ReadFile(path), name), {});
    const auto got = json::parse(JsonOf(result)).as_object();
    const auto& sets = expected.at("sets").as_array();
    ASSERT_EQ(sets.size(), got.at("sets").as_array().size());
    for (std::size_t i = 0; i < sets.size(); ++i) {
      for (const auto& member : sets[i].as_object()) {
        const auto* found = got.at("sets").as_array()[i].as_object().if_contains(member.key());
        ASSERT_NE(found, nullptr) << member.key();
        auto actual = *found;
        if (member.key() == "incremental") {
          actual.as_object().erase("storage_by_service");  // the data has no figures for it
        }
        if (member.key() == "services_by_month" && member.value().as_object().empty()) continue;
        Compare(member.value(), actual, name + "/" + std::string(member.key()), &compared);
      }
    }
    if (const auto* comparison = expected.if_contains("sets_comparison")) {
      Compare(*comparison, got.at("sets_comparison"), name + "/sets_comparison", &compared);
    }
    ++files;
  }
  EXPECT_GE(files, 19u);
  RecordProperty("figures", static_cast<int>(compared));
  std::printf("%zu configurations, %zu figures compared\n", files, compared);
}

TEST(SizingConformance, EveryWrongConfigurationIsRefusedByName) {
  SKIP_WITHOUT_CORPUS();
  const auto root = json::parse(ReadFile(Corpus() / "errors" / "errors.json"));
  for (const auto& one : root.at("cases").as_array()) {
    const std::string name(one.at("file").as_string());
    try {
      EvaluateAll(ReadConfig(ReadFile(Corpus() / "errors" / name), name), {});
      ADD_FAILURE() << name << " was accepted";
    } catch (const Problem& problem) {
      for (const auto& word : one.at("must_mention").as_array()) {
        EXPECT_NE(std::string(problem.told()).find(std::string(word.as_string())),
                  std::string::npos)
            << name << ": " << problem.told();
      }
      const std::string told = problem.told();
      EXPECT_EQ(told.rfind(name + ":", 0), 0u) << told;
      EXPECT_TRUE(std::isdigit(static_cast<unsigned char>(told[name.size() + 1]))) << told;
    }
  }
}

tree::Node NodeOf(const json::value& value) {
  tree::Node node;
  if (value.is_object()) {
    node.kind = tree::Kind::kMap;
    for (const auto& member : value.as_object()) {
      node.members.push_back({std::string(member.key()), NodeOf(member.value())});
    }
  } else if (value.is_array()) {
    node.kind = tree::Kind::kList;
    for (const auto& item : value.as_array()) node.items.push_back(NodeOf(item));
  } else {
    node.kind = tree::Kind::kScalar;
    node.text = value.is_string() ? std::string(value.as_string()) : json::serialize(value);
  }
  return node;
}

std::vector<double> SeriesOf(const json::value& value) {
  std::vector<double> series;
  for (const auto& item : value.as_array()) series.push_back(NumberOf(item).value());
  return series;
}

TEST(SizingConformance, EveryUsageModelGivesTheExpectedSeries) {
  SKIP_WITHOUT_CORPUS();
  const auto root = json::parse(ReadFile(Corpus() / "usage-models.json"));
  for (const auto& one : root.at("cases").as_array()) {
    SCOPED_TRACE(json::serialize(one.at("id")));
    auto node = NodeOf(one.at("params"));
    node.members.push_back({"model", NodeOf(one.at("model"))});
    UsageSeries given;
    if (const auto* series = one.as_object().if_contains("given")) {
      for (const auto& month : series->at("months").as_array()) {
        given.months.push_back(*ParseYearMonth(std::string(month.as_string())));
      }
      for (const auto& member : series->as_object()) {
        if (member.key() != "months")
          given.Put(std::string(member.key()), SeriesOf(member.value()));
      }
    }
    std::vector<std::string> warnings;
    const auto usage =
        EvaluateUsage({ReadUsageModel(node, "test", "case")}, {}, "case", given, &warnings);
    for (const auto& member : one.at("expected").as_object()) {
      if (member.key() == "months") {
        ASSERT_EQ(usage.months.size(), member.value().as_array().size());
        for (std::size_t i = 0; i < usage.months.size(); ++i) {
          EXPECT_EQ(FormatMonth(usage.months[i]), member.value().as_array()[i].as_string());
        }
        continue;
      }
      const auto* series = usage.Find(std::string(member.key()));
      ASSERT_NE(series, nullptr) << member.key();
      EXPECT_EQ(*series, SeriesOf(member.value())) << member.key();
    }
  }
}

}  // namespace
}  // namespace outpost::sizing
