#include "cli/app_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/problem.h"

namespace outpost::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProfile =
    "<profile version='4' uniqueid='u'><suite><resource id='s' version='4'>"
    "<location authority='local'>./suite.xml</location></resource></suite></profile>";
constexpr std::string_view kSuite = "<suite version='4'/>";

class AppFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = testing::TempDir() + "app_files_XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path Put(const std::string& name, std::string_view text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  fs::path Archive(const std::map<std::string, std::string_view>& files) {
    std::string bytes;
    zip::Writer writer([&](std::string_view piece) { bytes += piece; });
    for (const auto& [name, text] : files) writer.Add(name, text, false);
    writer.Finish();
    return Put("app.ccz", bytes);
  }
  static std::size_t SuitesOf(const fs::path& path) { return AppFiles(path).Read().suites.size(); }

  fs::path folder_;
};

TEST_F(AppFilesTest, AreThoseOfAFolder) {
  Put("profile.ccpr", kProfile);
  Put("suite.xml", kSuite);
  EXPECT_EQ(SuitesOf(folder_), 1u);
}

TEST_F(AppFilesTest, MayLieInASingleFolderOfTheFolder) {
  Put("app/profile.ccpr", kProfile);
  Put("app/suite.xml", kSuite);
  Put("media/x.png", "");
  EXPECT_EQ(SuitesOf(folder_), 1u);
}

TEST_F(AppFilesTest, AreThoseOfAnArchive) {
  EXPECT_EQ(SuitesOf(Archive({{"profile.ccpr", kProfile}, {"suite.xml", kSuite}})), 1u);
}

TEST_F(AppFilesTest, MayLieInASingleFolderOfTheArchiveBesideWhatDesktopToolsLeave) {
  EXPECT_EQ(SuitesOf(Archive({{"app/profile.ccpr", kProfile},
                              {"app/suite.xml", kSuite},
                              {"__MACOSX/profile.ccpr", ""}})),
            1u);
}

TEST_F(AppFilesTest, AreMissingWhereNothingIs) {
  const auto kind = [](const fs::path& path) {
    try {
      AppFiles(path).Read();
    } catch (const Problem& problem) {
      return problem.kind();
    }
    return ProblemKind::kInternal;
  };
  EXPECT_EQ(kind(folder_ / "gone"), ProblemKind::kNotFound);
  EXPECT_EQ(kind(folder_), ProblemKind::kNotFound);
  EXPECT_EQ(kind(Put("no.ccz", "no archive")), ProblemKind::kUnprocessable);
}

TEST_F(AppFilesTest, CountAsMissingOverTheirLimit) {
  Put("profile.ccpr", kProfile);
  Put("suite.xml", kSuite);
  fs::resize_file(folder_ / "suite.xml", AppFiles::kFileBytesMax + 1);
  EXPECT_EQ(AppFiles(folder_).Read().findings.at(0).text, "the suite is missing: ./suite.xml");
  fs::resize_file(folder_ / "suite.xml", AppFiles::kFileBytesMax);
  EXPECT_EQ(AppFiles(folder_).Read().findings.at(0).text, "larger than allowed");
}

}  // namespace
}  // namespace outpost::cli
