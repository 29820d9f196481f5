#include "http/multipart.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "base/problem.h"

namespace outpost::http {
namespace {

/// The same bytes in memory and as a spooled file: both must be read alike.
std::vector<Body> BothWays(const std::string& bytes) {
  std::vector<Body> bodies;
  bodies.emplace_back(bytes);
  std::FILE* file = std::tmpfile();
  const int copy = ::dup(::fileno(file));
  std::fclose(file);
  EXPECT_EQ(::write(copy, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  bodies.emplace_back(copy, static_cast<std::int64_t>(bytes.size()));
  return bodies;
}

std::string PartText(const std::string& head, const std::string& bytes) {
  return "--b1\r\n" + head + "\r\n\r\n" + bytes + "\r\n";
}

constexpr const char* kForm =
    "Content-Disposition: form-data; name=\"xml_submission_file\"; filename=\"f.xml\"\r\n"
    "Content-Type: text/xml";

TEST(Multipart, NamesThePlaceOfEachPartInOrderWithDuplicates) {
  const std::string text =
      PartText("Content-Disposition: form-data; name=\"a\"; filename=\"1.jpg\"", "JPEG\r\nbytes") +
      PartText(kForm, "<data/>") + PartText("content-disposition:form-data;name=a", "") +
      "--b1--\r\n";
  for (const Body& body : BothWays(text)) {
    const auto parts = ParseMultipart(body, "b1");
    ASSERT_EQ(parts.size(), 3u);
    EXPECT_EQ(parts[0].name, "a");
    EXPECT_TRUE(parts[0].has_filename);
    EXPECT_EQ(parts[0].filename, "1.jpg");
    EXPECT_EQ(parts[0].content_type, "");
    EXPECT_EQ(body.Read(parts[0].offset, parts[0].length), "JPEG\r\nbytes");
    EXPECT_EQ(parts[1].content_type, "text/xml");
    EXPECT_EQ(body.Read(parts[1].offset, parts[1].length), "<data/>");
    EXPECT_EQ(parts[2].name, "a");
    EXPECT_FALSE(parts[2].has_filename);
    EXPECT_EQ(parts[2].length, 0);
  }
}

TEST(Multipart, ABoundaryThatCrossesTheReadingWindowIsFound) {
  for (std::size_t size = 65'380; size < 65'560; size += 1) {
    const std::string content(size, 'x');
    auto bodies = BothWays(PartText(kForm, content) + PartText(kForm, "second") + "--b1--");
    const auto parts = ParseMultipart(bodies[1], "b1");
    ASSERT_EQ(parts.size(), 2u) << size;
    EXPECT_EQ(parts[0].length, static_cast<std::int64_t>(size));
    EXPECT_EQ(bodies[1].Read(parts[1].offset, parts[1].length), "second");
  }
}

TEST(Multipart, PreambleEpilogueAndPaddingAreReadOver) {
  const std::string text =
      "preamble\r\n--b1 \t\r\n" + std::string(kForm) + "\r\n\r\n<data/>\r\n--b1--\r\nepilogue --b1";
  for (const Body& body : BothWays(text)) {
    const auto parts = ParseMultipart(body, "b1");
    ASSERT_EQ(parts.size(), 1u);
    EXPECT_EQ(body.Read(parts[0].offset, parts[0].length), "<data/>");
  }
}

TEST(Multipart, ALongerWordThatBeginsLikeTheBoundaryIsContent) {
  const Body body(PartText(kForm, "one\r\n--b12\r\ntwo") + "--b1--");
  const auto parts = ParseMultipart(body, "b1");
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(body.Read(parts[0].offset, parts[0].length), "one\r\n--b12\r\ntwo");
}

TEST(Multipart, NoPartsAtAllIsAnEmptyList) {
  EXPECT_TRUE(ParseMultipart(Body("--b1--\r\n"), "b1").empty());
}

struct NameCase {
  std::string name;
  std::string disposition;
  std::string part_name;
  std::string filename;
};

class MultipartNames : public testing::TestWithParam<NameCase> {};

TEST_P(MultipartNames, AreRead) {
  const Body body(PartText("Content-Disposition: " + GetParam().disposition, "x") + "--b1--");
  const auto parts = ParseMultipart(body, "b1");
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].name, GetParam().part_name);
  EXPECT_EQ(parts[0].filename, GetParam().filename);
}

INSTANTIATE_TEST_SUITE_P(
    Dispositions, MultipartNames,
    testing::ValuesIn(std::vector<NameCase>{
        {"with_escaped_quotes", R"(form-data; name="a\"b"; filename="x\\y\".jpg")", "a\"b",
         "x\\y\".jpg"},
        {"with_a_windows_path", R"(form-data; name="a"; filename="C:\dir\f.jpg")", "a",
         "C:\\dir\\f.jpg"},
        {"without_quotes", "form-data; name=a; filename=f.jpg", "a", "f.jpg"},
        {"with_a_semicolon_in_quotes", R"(form-data; name="a;b"; filename="f;g.jpg")", "a;b",
         "f;g.jpg"},
        {"extended_before_plain",
         "form-data; name=\"a\"; filename=\"e.jpg\"; "
         "filename*=UTF-8''%C3%A9.jpg",
         "a", "\xc3\xa9.jpg"},
        {"extended_first", "form-data; name=\"a\"; filename*=UTF-8''%C3%A9.jpg; filename=\"e\"",
         "a", "\xc3\xa9.jpg"},
        {"in_utf_8", "FORM-DATA; NAME=\"\xc3\xa9\"; filename=\"\"", "\xc3\xa9", ""},
    }),
    [](const auto& test) { return test.param.name; });

TEST(Multipart, RefusesWhatDoesNotFollowTheFormat) {
  const std::string good = PartText(kForm, "<data/>");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"nothing", ""},
      {"no closing boundary", good},
      {"a cut closing boundary", good + "--b1-"},
      {"line feeds only", "--b1\nContent-Disposition: form-data; name=\"a\"\n\nx\n--b1--\n"},
      {"a part without a head", "--b1\r\n\r\nx\r\n--b1--"},
      {"a part without a name",
       PartText("Content-Disposition: form-data; filename=x", "") + "--b1--"},
      {"an empty name", PartText("Content-Disposition: form-data; name=\"\"", "") + "--b1--"},
      {"an attachment", PartText("Content-Disposition: attachment; name=\"a\"", "") + "--b1--"},
      {"a quote that does not end",
       PartText("Content-Disposition: form-data; name=\"a", "") + "--b1--"},
      {"a header without a colon", PartText(std::string(kForm) + "\r\nnonsense", "") + "--b1--"},
      {"two dispositions", PartText(std::string(kForm) + "\r\n" + kForm, "") + "--b1--"},
      {"another boundary", "--b2\r\n" + std::string(kForm) + "\r\n\r\nx\r\n--b2--"}};
  for (const auto& refused : cases) {
    for (const Body& body : BothWays(refused.second)) {
      try {
        ParseMultipart(body, "b1");
        ADD_FAILURE() << refused.first << " was accepted";
      } catch (const Problem& problem) {
        EXPECT_EQ(problem.kind(), ProblemKind::kMalformed) << refused.first;
      }
    }
  }
}

TEST(Multipart, AThousandPartsAreReadAndOneMoreIsRefused) {
  std::string text;
  for (std::size_t i = 0; i < kPartsMax; ++i) text += PartText(kForm, "x");
  EXPECT_EQ(ParseMultipart(Body(text + "--b1--"), "b1").size(), kPartsMax);
  EXPECT_THROW(ParseMultipart(Body(text + PartText(kForm, "x") + "--b1--"), "b1"), Problem);
}

TEST(Multipart, APartHeadAtTheLimitIsReadAndOneByteMoreIsRefused) {
  const std::string lead = std::string(kForm) + "\r\nX: ";
  const std::string fits(kPartHeadBytesMax - lead.size(), 'x');
  EXPECT_EQ(ParseMultipart(Body(PartText(lead + fits, "y") + "--b1--"), "b1").size(), 1u);
  EXPECT_THROW(ParseMultipart(Body(PartText(lead + fits + "x", "y") + "--b1--"), "b1"), Problem);
}

TEST(Multipart, FindsTheBoundaryOfAContentType) {
  EXPECT_EQ(BoundaryOf("multipart/form-data; boundary=b1"), "b1");
  EXPECT_EQ(BoundaryOf("Multipart/Form-Data; charset=utf-8; Boundary=\"b 1\""), "b 1");
  EXPECT_EQ(BoundaryOf("multipart/form-data"), "");
  EXPECT_EQ(BoundaryOf("multipart/mixed; boundary=b1"), "");
  EXPECT_EQ(BoundaryOf("text/xml"), "");
  const std::string longest(kBoundaryBytesMax, 'b');
  EXPECT_EQ(BoundaryOf("multipart/form-data; boundary=" + longest), longest);
  EXPECT_EQ(BoundaryOf("multipart/form-data; boundary=b" + longest), "");
}

}  // namespace
}  // namespace outpost::http
