// Every profile and suite of the corpus, restated as facts (app-delivery: suite-facts).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/problem.h"
#include "engine/suite/testing/app_corpus.h"
#include "engine/suite/testing/suite_facts.h"

namespace outpost::suite {
namespace {

/// "apps__core__template.json" is about "apps/core/template".
std::string SubjectOf(std::string name) {
  name.resize(name.size() - std::string_view(".json").size());
  for (auto at = name.find("__"); at != std::string::npos; at = name.find("__")) {
    name.replace(at, 2, "/");
  }
  return name;
}

std::vector<std::string> FactFiles() {
  std::vector<std::string> names;
  if (corpus::IsAbsent()) return names;
  for (const auto& entry : std::filesystem::directory_iterator(corpus::FileOf("suite-facts"))) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// Subjects are folders, archives, or one profile.
std::map<std::string, std::string> FilesOf(const std::string& subject) {
  if (!subject.starts_with("profiles/")) return corpus::Source(subject).files();
  const auto path = corpus::FileOf(subject);
  return {{path.filename().string(), corpus::ReadText(path)}};
}

class SuiteFacts : public testing::TestWithParam<std::string> {};

void Compare(const std::string& file, const std::string& xml, const boost::json::value& facts) {
  if (facts.as_object().contains("not_parsed")) {
    EXPECT_THROW(ReadSuite(xml, file), Problem) << file;
    return;
  }
  const bool is_profile = file.find("profile") != std::string::npos;
  const auto read =
      is_profile ? facts::Of(ReadProfile(xml, file)) : facts::Of(ReadSuite(xml, file));
  EXPECT_THAT(facts::Differences(facts, read), testing::IsEmpty()) << file;
}

TEST_P(SuiteFacts, AreWhatTheReadersRead) {
  const auto facts = corpus::ReadJson("suite-facts/" + GetParam());
  const auto files = FilesOf(SubjectOf(GetParam()));
  for (const auto& [file, expected] : facts.as_object()) {
    if (file == "_files") continue;
    const auto found = files.find(file);
    ASSERT_NE(found, files.end()) << std::string(file);
    Compare(file, found->second, expected);
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SuiteFacts);
INSTANTIATE_TEST_SUITE_P(Corpus, SuiteFacts, testing::ValuesIn(FactFiles()), [](const auto& test) {
  std::string name = test.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

TEST(SuiteFactFiles, AreThere) {
  if (corpus::IsAbsent()) GTEST_SKIP() << corpus::WhyAbsent();
  EXPECT_FALSE(FactFiles().empty());
}

}  // namespace
}  // namespace outpost::suite
