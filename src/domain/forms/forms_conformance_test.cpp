// One test per case of the corpus (submission: form_json, datetimes, meta, app_version_text).
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "domain/forms/detail/app_version.h"
#include "domain/forms/form_xml.h"

namespace outpost::forms {
namespace {

namespace fs = std::filesystem;
using boost::json::array;
using boost::json::object;
using boost::json::value;

fs::path Corpus() {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return (set != nullptr ? fs::path(set) : fs::path(OUTPOST_CORPUS_DEFAULT)) / "submission";
}

std::string ReadAll(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The cases of one file; empty, with a word about it, where the corpus is absent.
std::vector<value> CasesOf(const char* file) {
  const auto path = Corpus() / file;
  if (!fs::exists(path)) {
    std::cout << "skipped: no conformance corpus at " << path << " (set OUTPOST_CORPUS)\n";
    return {};
  }
  const auto parsed = boost::json::parse(ReadAll(path));
  return {parsed.as_array().begin(), parsed.as_array().end()};
}

std::string Text(const object& from, std::string_view key) {
  return std::string(from.at({key.data(), key.size()}).as_string());
}

std::string InputOf(const object& c) {
  std::string xml =
      c.contains("input_file") ? ReadAll(Corpus() / Text(c, "input_file")) : Text(c, "input_xml");
  if (const auto* replace = c.if_contains("replace")) {
    for (const auto& [from, to] : replace->as_object()) {
      for (auto at = xml.find(from); at != std::string::npos;
           at = xml.find(from, at + to.as_string().size())) {
        xml.replace(at, from.size(), to.as_string());
      }
    }
  }
  return xml;
}

value OrNull(const std::optional<std::string>& text) { return text ? value(*text) : value(); }

TEST(FormsConformance, FormJson) {
  for (const auto& entry : CasesOf("form_json.json")) {
    const auto& c = entry.as_object();
    SCOPED_TRACE(Text(c, "id"));
    const auto document = xml::Document::Parse(InputOf(c));
    EXPECT_EQ(boost::json::parse(RenderFormJson(document)), c.at("expect_form_json"));
    const auto identity = ReadIdentity(document);
    if (c.contains("expect_form_id")) {
      EXPECT_EQ(identity.form_id.empty() ? value() : value(identity.form_id),
                c.at("expect_form_id"));
    }
    if (c.contains("expect_user_id")) {
      EXPECT_EQ(OrNull(identity.user_id), c.at("expect_user_id"));
    }
    if (c.contains("expect_xmlns")) {
      EXPECT_EQ(value(identity.xmlns), c.at("expect_xmlns"));
    }
  }
}

TEST(FormsConformance, Datetimes) {
  for (const auto& entry : CasesOf("datetimes.json")) {
    const auto& c = entry.as_object();
    EXPECT_EQ(NormaliseText(Text(c, "input")), Text(c, "expect"));
  }
}

TEST(FormsConformance, Metadata) {
  for (const auto& entry : CasesOf("meta.json")) {
    const auto& c = entry.as_object();
    SCOPED_TRACE(Text(c, "id"));
    const auto document = xml::Document::Parse(InputOf(c));
    EXPECT_EQ(boost::json::parse(ReadMetadata(document, std::nullopt).json),
              c.at("expect_metadata"));
  }
}

TEST(FormsConformance, AppVersionText) {
  for (const auto& entry : CasesOf("app_version_text.json")) {
    const auto& c = entry.as_object();
    const std::string text = Text(c, "app_version_text");
    SCOPED_TRACE(text);
    const std::string version = CommCareVersionOf(text);
    EXPECT_EQ(version.empty() ? value() : value(version), c.at("expect_commcare_version"));
    const auto number = AppVersionOf(text);
    EXPECT_EQ(number ? value(*number) : value(), c.at("expect_app_version"));
  }
}

}  // namespace
}  // namespace outpost::forms
