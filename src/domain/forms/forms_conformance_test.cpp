// One test per case of the corpus (submission: form_json, datetimes, meta, app_version_text).
#include <gtest/gtest.h>

#include "domain/forms/detail/app_version.h"
#include "domain/forms/form_xml.h"
#include "domain/forms/testing/corpus.h"

namespace outpost::forms {
namespace {

using boost::json::value;

class CorpusTest : public testing::TestWithParam<corpus::Case> {
 protected:
  const boost::json::object& content() const { return GetParam().content; }
  xml::Document Form() const {
    return xml::Document::Parse(corpus::XmlOf(content(), "input_xml", "input_file"));
  }
  void ExpectIfGiven(const char* key, const value& actual) const {
    if (content().contains(key)) {
      EXPECT_EQ(actual, content().at(key));
    }
  }
};

std::string NameOf(const testing::TestParamInfo<corpus::Case>& test) { return test.param.id; }

value NullIfEmpty(const std::string& text) { return text.empty() ? value() : value(text); }

using FormJsonCorpus = CorpusTest;
TEST_P(FormJsonCorpus, IsShownAsCommCareShowsIt) {
  const auto form = Form();
  EXPECT_EQ(boost::json::parse(RenderFormJson(form)), content().at("expect_form_json"));
  const auto identity = ReadIdentity(form);
  ExpectIfGiven("expect_form_id", NullIfEmpty(identity.form_id));
  ExpectIfGiven("expect_user_id", identity.user_id ? value(*identity.user_id) : value());
  ExpectIfGiven("expect_xmlns", value(identity.xmlns));
}

using DatetimeCorpus = CorpusTest;
TEST_P(DatetimeCorpus, IsNormalisedAsCommCareDoes) {
  EXPECT_EQ(NormaliseText(corpus::Text(content(), "input")), corpus::Text(content(), "expect"));
}

using MetadataCorpus = CorpusTest;
TEST_P(MetadataCorpus, IsViewedAsCommCareViewsIt) {
  EXPECT_EQ(boost::json::parse(ReadMetadata(Form(), std::nullopt).json),
            content().at("expect_metadata"));
}

using AppVersionCorpus = CorpusTest;
TEST_P(AppVersionCorpus, IsReadAsCommCareReadsIt) {
  const std::string text = corpus::Text(content(), "app_version_text");
  ExpectIfGiven("expect_commcare_version", NullIfEmpty(CommCareVersionOf(text)));
  const auto number = AppVersionOf(text);
  ExpectIfGiven("expect_app_version", number ? value(*number) : value());
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FormJsonCorpus);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DatetimeCorpus);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MetadataCorpus);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(AppVersionCorpus);
INSTANTIATE_TEST_SUITE_P(Corpus, FormJsonCorpus,
                         testing::ValuesIn(corpus::CasesOf("form_json.json")), NameOf);
INSTANTIATE_TEST_SUITE_P(Corpus, DatetimeCorpus,
                         testing::ValuesIn(corpus::CasesOf("datetimes.json")), NameOf);
INSTANTIATE_TEST_SUITE_P(Corpus, MetadataCorpus, testing::ValuesIn(corpus::CasesOf("meta.json")),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Corpus, AppVersionCorpus,
                         testing::ValuesIn(corpus::CasesOf("app_version_text.json")), NameOf);

class CorpusFileTest : public testing::TestWithParam<const char*> {};

TEST_P(CorpusFileTest, IsNotEmpty) {
  if (corpus::IsAbsent(GetParam())) GTEST_SKIP() << corpus::WhyAbsent(GetParam());
  const auto count = corpus::CasesOf(GetParam()).size();
  std::cout << GetParam() << ": " << count << " cases\n";
  EXPECT_GT(count, 0u);
}

INSTANTIATE_TEST_SUITE_P(Files, CorpusFileTest,
                         testing::Values("form_json.json", "datetimes.json", "meta.json",
                                         "app_version_text.json"));

}  // namespace
}  // namespace outpost::forms
