#include "operations/pg_backup/unpack.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>
#include <string>

#include "base/problem.h"
#include "operations/backup/files.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::pg_backup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 512;

/// One entry as POSIX.1-1988 describes it.
std::string Entry(const std::string& name, char kind, const std::string& body,
                  const std::string& link = {}) {
  std::string head(kBlock, '\0');
  head.replace(0, name.size(), name);
  head.replace(100, 8, fmt::format("{:07o}", 0600) + '\0');
  head.replace(124, 12, fmt::format("{:011o}", body.size()) + '\0');
  head.replace(148, 8, "        ");
  head[156] = kind;
  head.replace(157, link.size(), link);
  head.replace(257, 6, std::string("ustar\0", 6));
  const auto sum = std::accumulate(head.begin(), head.end(), 0, [](int total, char letter) {
    return total + static_cast<unsigned char>(letter);
  });
  head.replace(148, 8, fmt::format("{:06o}", sum) + '\0' + ' ');
  auto padded = body;
  padded.resize((body.size() + kBlock - 1) / kBlock * kBlock, '\0');
  return head + padded;
}

const std::string kEnd(2 * kBlock, '\0');

class UnpackTest : public ::testing::Test {
 protected:
  fs::path folder() const { return scratch_.path() / "into"; }
  void Unpack(const std::string& stream, std::size_t piece = 100'000) {
    Unpacker unpacker(folder());
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      unpacker.Take(std::string_view(stream).substr(at, piece));
    }
    unpacker.Finish();
  }
  bool IsRefused(const std::string& stream) {
    try {
      Unpack(stream);
      return false;
    } catch (const Problem& problem) {
      return problem.kind() == ProblemKind::kUnprocessable;
    }
  }

  sql_testing::ScratchFolder scratch_;
};

TEST_F(UnpackTest, FilesAndFoldersComeOutInPiecesOfAnyLength) {
  const std::string long_body(3 * kBlock + 7, 'x');
  const auto stream = Entry("base/", '5', "") + Entry("base/1", '0', long_body) +
                      Entry("empty", '0', "") + Entry("PG_VERSION", '0', "15\n") + kEnd;
  Unpack(stream, 13);
  EXPECT_EQ(backup::ReadWhole(folder() / "base/1"), long_body);
  EXPECT_EQ(backup::ReadWhole(folder() / "empty"), "");
  EXPECT_EQ(backup::ReadWhole(folder() / "PG_VERSION"), "15\n");
}

TEST_F(UnpackTest, ANameThatLeadsOutIsRefused) {
  for (const char* name : {"../out", "/etc/out", "base/../../out", "a//b", ".."}) {
    EXPECT_TRUE(IsRefused(Entry(name, '0', "x") + kEnd)) << name;
    EXPECT_FALSE(fs::exists(scratch_.path() / "out")) << name;
  }
}

TEST_F(UnpackTest, LinksAndOtherKindsAreRefused) {
  for (const char kind : {'1', '2', '3', '4', '6', 'g', 'x', 'L'}) {
    EXPECT_TRUE(IsRefused(Entry("pg_tblspc/1", kind, "", "/etc/passwd") + kEnd)) << kind;
  }
}

TEST_F(UnpackTest, ANameThatComesTwiceIsNotWrittenThrough) {
  EXPECT_THROW(Unpack(Entry("one", '0', "first") + Entry("one", '0', "second") + kEnd), Problem);
  EXPECT_EQ(backup::ReadWhole(folder() / "one"), "first");
}

TEST_F(UnpackTest, ADamagedHeadIsRefused) {
  auto stream = Entry("one", '0', "first") + kEnd;
  stream[3] = 'x';
  EXPECT_TRUE(IsRefused(stream));
}

TEST_F(UnpackTest, AStreamThatEndsEarlyIsRefused) {
  const auto stream = Entry("one", '0', "first") + kEnd;
  for (const std::size_t length :
       {std::size_t{0}, kBlock - 1, kBlock + 2, 2 * kBlock, 3 * kBlock}) {
    fs::remove_all(folder());
    EXPECT_TRUE(IsRefused(stream.substr(0, length))) << length;
  }
}

}  // namespace
}  // namespace outpost::pg_backup
