#include "format/zip/zip.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "base/problem.h"

namespace outpost::zip {
namespace {

using ::testing::HasSubstr;

struct File {
  std::string name, bytes;
  bool is_packed = false;
};

std::string Pack(const std::vector<File>& files) {
  std::string out;
  Writer writer([&](std::string_view bytes) { out += bytes; });
  for (const auto& file : files) writer.Add(file.name, file.bytes, file.is_packed);
  writer.Finish();
  return out;
}

Archive Open(std::string_view bytes, const Limits& limits = {}) {
  return Archive::Unpack(bytes, std::filesystem::temp_directory_path(), limits);
}

std::string Refusal(std::string_view bytes, const Limits& limits = {}) {
  try {
    Open(bytes, limits);
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kUnprocessable);
    return problem.told();
  }
  return "accepted";
}

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

TEST(Zip, GivesBackWhatWasPackedAndStored) {
  const std::string large(200'000, 'x');
  const auto archive = Open(Pack({{"suite.xml", large}, {"commcare/image/é.png", "png", true}}));
  ASSERT_EQ(archive.entries().size(), 2u);
  EXPECT_EQ(archive.Read(*archive.Find("suite.xml")), large);
  EXPECT_EQ(archive.Read(*archive.Find("commcare/image/é.png")), "png");
  EXPECT_EQ(archive.Find("profile.ccpr"), nullptr);
}

TEST(Zip, ReadsTheSameFromAFile) {
  const auto bytes = Pack({{"a", "alpha"}, {"b", "beta"}});
  const auto folder = std::filesystem::temp_directory_path();
  const int file = open(folder.c_str(), O_TMPFILE | O_RDWR, 0600);
  ASSERT_EQ(write(file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  const auto archive = Archive::Unpack(file, static_cast<std::int64_t>(bytes.size()), folder);
  EXPECT_EQ(archive.Read(*archive.Find("b")), "beta");
  close(file);
}

TEST(Zip, PacksPartsOfAFile) {
  const auto folder = std::filesystem::temp_directory_path();
  const int file = open(folder.c_str(), O_TMPFILE | O_RDWR, 0600);
  const std::string bytes(100'000, 'y');
  ASSERT_EQ(write(file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  std::string out;
  Writer writer([&](std::string_view piece) { out += piece; });
  writer.Add("stored", file, 10, 90'000, true);
  writer.Add("packed", file, 10, 90'000, false);
  writer.Finish();
  close(file);
  EXPECT_LT(out.size(), 91'000u);
  const auto archive = Open(out);
  EXPECT_EQ(archive.Read(*archive.Find("stored")), bytes.substr(0, 90'000));
  EXPECT_EQ(archive.Read(*archive.Find("packed")), bytes.substr(0, 90'000));
}

TEST(Zip, WritesTheSameBytesEachTime) {
  const std::vector<File> files{{"a", "alpha"}, {"b", "beta", true}};
  EXPECT_EQ(Pack(files), Pack(files));
}

TEST(Zip, RefusesNamesThatLeadOutside) {
  EXPECT_THAT(Refusal(Pack({{"../evil", "x"}})), HasSubstr("\"../evil\" has a name that leads"));
  EXPECT_THAT(Refusal(Pack({{"a/../../evil", "x"}})), HasSubstr("leads outside"));
  EXPECT_THAT(Refusal(Pack({{"..\\evil", "x"}})), HasSubstr("leads outside"));
  EXPECT_THAT(Refusal(Pack({{"/etc/passwd", "x"}})), HasSubstr("absolute path"));
  EXPECT_THAT(Refusal(Pack({{"C:\\x", "x"}})), HasSubstr("absolute path"));
  EXPECT_THAT(Refusal(Pack({{"a//b", "x"}})), HasSubstr("empty part"));
  EXPECT_THAT(Refusal(Pack({{"a\nb", "x"}})), HasSubstr("\"a?b\" has a control character"));
}

TEST(Zip, RefusesTheSameNameTwice) {
  EXPECT_THAT(Refusal(Pack({{"a", "1"}, {"a", "2"}})), HasSubstr("\"a\" is in it twice"));
  EXPECT_THAT(Refusal(Pack({{"x/a", "1"}, {"x\\a", "2"}})), HasSubstr("is in it twice"));
}

TEST(Zip, RefusesLinks) {
  auto bytes = Pack({{"link", "/etc/passwd", true}});
  const auto directory = bytes.find("PK\x01\x02");
  bytes[directory + 5] = 3;                         // made by Unix
  bytes[directory + 41] = static_cast<char>(0xa0);  // S_IFLNK
  bytes[directory + 40] = static_cast<char>(0xff);
  EXPECT_THAT(Refusal(bytes), HasSubstr("\"link\" is a link"));
}

TEST(Zip, RefusesAWrongChecksum) {
  auto bytes = Pack({{"a", "right bytes", true}});
  ReplaceAll(bytes, "right", "wrong");
  EXPECT_THAT(Refusal(bytes), HasSubstr("\"a\" cannot be unpacked"));
}

TEST(Zip, RefusesWhatIsCutOffOrNoArchive) {
  const auto bytes = Pack({{"a", std::string(5'000, 'q')}, {"b", "beta"}});
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_NE(Refusal(std::string_view(bytes).substr(0, length)), "accepted") << length;
  }
  EXPECT_THAT(Refusal("no archive at all"), HasSubstr("not a whole ZIP archive"));
}

TEST(Zip, HoldsItsLimits) {
  Limits limits;
  limits.entries = 2;
  EXPECT_EQ(Refusal(Pack({{"a", ""}, {"b", ""}}), limits), "accepted");
  EXPECT_THAT(Refusal(Pack({{"a", ""}, {"b", ""}, {"c", ""}}), limits), HasSubstr("more than 2"));
  limits = {};
  limits.name_bytes = 3;
  EXPECT_EQ(Refusal(Pack({{"abc", ""}}), limits), "accepted");
  EXPECT_THAT(Refusal(Pack({{"abcd", ""}}), limits), HasSubstr("more than 3 bytes"));
  limits = {};
  limits.entry_bytes = 1 << 20;
  EXPECT_EQ(Refusal(Pack({{"a", std::string(1 << 20, 'a'), true}}), limits), "accepted");
  EXPECT_THAT(Refusal(Pack({{"a", std::string((1 << 20) + 1, 'a'), true}}), limits),
              HasSubstr("unpacks to more than 1 MiB"));
  limits = {};
  limits.total_bytes = 1 << 20;
  EXPECT_THAT(Refusal(Pack({{"a", std::string(600'000, 'a'), true},
                            {"b", std::string(600'000, 'b'), true}}),
                      limits),
              HasSubstr("makes the archive unpack to more than 1 MiB"));
  limits = {};
  limits.archive_bytes = 1 << 20;
  EXPECT_THAT(Refusal(std::string((1 << 20) + 1, 'a'), limits), HasSubstr("larger than 1 MiB"));
}

TEST(Zip, RefusesABomb) {
  const auto bytes = Pack({{"bomb", std::string(100 << 20, '\0')}});
  EXPECT_LT(bytes.size(), 200'000u);
  EXPECT_THAT(Refusal(bytes), HasSubstr("200 times the archive's size"));
}

}  // namespace
}  // namespace outpost::zip
