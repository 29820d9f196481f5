#include "domain/apps/variants.h"

#include <gmock/gmock.h>

#include "base/problem.h"
#include "domain/apps/ccz.h"
#include "domain/apps/detail/variant_texts.h"
#include "domain/people/testing/people_world.h"

namespace outpost::apps {
namespace {

using people_testing::PeopleWorld;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const detail::VariantPlan kPlan{
    "p1", {"hin", "en"}, "https://new.example/a/demo/apps/download/B/", {"media-x"}};

TEST(VariantTexts, AProfileNamesItselfAndAsksForItsOwnFiles) {
  const auto text = detail::VariantProfile(
      "<profile version=\"3\" update=\"https://new.example/p.ccpr?latest=true\" name=\"A\">"
      "<property key=\"cur_locale\" value=\"fra\"/>"
      "<property key=\"heartbeat-url\" value=\"https://new.example/h/?build_profile_id=\"/>"
      "<suite><resource id=\"suite\"><location authority=\"local\">./suite.xml</location>"
      "<location authority=\"remote\">https://new.example/a/demo/apps/download/B/suite.xml"
      "</location></resource></suite></profile>",
      kPlan);
  EXPECT_THAT(text, HasSubstr("update=\"https://new.example/p.ccpr?latest=true&amp;profile=p1\""));
  EXPECT_THAT(text, HasSubstr("buildProfileID=\"p1\""));
  EXPECT_THAT(text, HasSubstr("?build_profile_id=p1\""));
  EXPECT_THAT(text, HasSubstr("value=\"hin\""));
  EXPECT_THAT(text, HasSubstr("/download/B/p1/suite.xml"));
  EXPECT_THAT(text, HasSubstr(">./suite.xml<"));
}

TEST(VariantTexts, ASuiteLosesStringsOfOtherLanguagesAndWhatIsLeftOut) {
  const auto text = detail::VariantSuite(
      "<suite><locale language=\"default\"><resource id=\"d\"/></locale>"
      "<locale language=\"fra\"><resource id=\"f\"/></locale>"
      "<locale language=\"hin\"><resource id=\"h\"/></locale>"
      "<media path=\"x\"><resource id=\"media-x\"><location authority=\"local\">./x</location>"
      "</resource><resource id=\"media-y\"/></media>"
      "<menu id=\"m0\"><text><locale id=\"modules.m0\"/></text></menu></suite>",
      kPlan);
  EXPECT_EQ(text,
            "<suite><locale language=\"default\"><resource id=\"d\"/></locale>"
            "<locale language=\"hin\"><resource id=\"h\"/></locale>"
            "<media path=\"x\"><resource id=\"media-y\"/></media>"
            "<menu id=\"m0\"><text><locale id=\"modules.m0\"/></text></menu></suite>");
}

TEST(VariantTexts, AFormKeepsItsTranslationsAndBeginsWithTheFirstLanguage) {
  const std::string form =
      "<itext><translation lang=\"en\" default=\"\"><text id=\"a\"/></translation>"
      "<translation lang=\"fra\"><text id=\"a\"/></translation>"
      "<translation lang=\"hin\"><text id=\"a\"/></translation></itext><translation2/>";
  EXPECT_EQ(detail::VariantForm(form, kPlan),
            "<itext><translation lang=\"en\" ><text id=\"a\"/></translation>"
            "<translation lang=\"hin\" default=\"\"><text id=\"a\"/></translation></itext>"
            "<translation2/>");
  auto other = kPlan;
  other.languages = {"swa"};
  EXPECT_EQ(detail::VariantForm(form, other), form) << "none of its languages: it stays whole";
}

TEST(VariantTexts, MediaAreFoundWhereTextsNameThem) {
  std::set<std::string> paths;
  detail::CollectMedia(
      "<value>jr://file/commcare/image/a b.png</value> concat('jr://file/commcare/audio/', x)\n"
      "modules.m0.icon=jr://file/commcare/image/c.png\n",
      paths);
  EXPECT_THAT(paths,
              ElementsAre("commcare/audio/", "commcare/image/a b.png", "commcare/image/c.png"));
  EXPECT_TRUE(detail::IsCovered(paths, "commcare/audio/any.mp3"));
  EXPECT_FALSE(detail::IsCovered(paths, "commcare/image/d.png"));
}

std::string Zip(const std::map<std::string, std::string>& files) {
  std::string bytes;
  zip::Writer writer([&](std::string_view piece) { bytes += piece; });
  for (const auto& [name, text] : files) writer.Add(name, text, false);
  writer.Finish();
  return bytes;
}

std::string Resource(const std::string& id, const std::string& path) {
  return "<resource id=\"" + id + "\" version=\"3\"><location authority=\"local\">./" + path +
         "</location></resource>";
}

std::string Locale(const std::string& language) {
  return "<locale language=\"" + language + "\">" +
         Resource("app_" + language + "_strings", language + "/app_strings.txt") + "</locale>";
}

/// An app in English, French and Hindi with a picture for each of the last two.
std::map<std::string, std::string> AppFiles() {
  const auto translation = [](const std::string& language, const std::string& picture) {
    return "<translation lang=\"" + language + "\"><text id=\"q\"><value>" + language +
           "</value><value form=\"image\">jr://file/commcare/image/" + picture +
           "</value></text></translation>";
  };
  return {
      {"profile.ccpr", "<profile version=\"3\" uniqueid=\"app\" name=\"A\"><suite>" +
                           Resource("suite", "suite.xml") + "</suite><suite>" +
                           Resource("media-suite", "media_suite.xml") + "</suite></profile>"},
      {"suite.xml", "<suite version=\"3\"><xform>" + Resource("form", "form.xml") + "</xform>" +
                        Locale("default") + Locale("en") + Locale("fra") + Locale("hin") +
                        "<entry><form>http://x/form</form><command id=\"m0-f0\"><text>F</text>"
                        "</command></entry><menu id=\"m0\"><text>M</text><command id=\"m0-f0\"/>"
                        "</menu></suite>"},
      {"media_suite.xml", "<suite version=\"3\"><media path=\"../../commcare/image\">" +
                              Resource("media-f", "commcare/image/f.png") +
                              Resource("media-h", "commcare/image/h.png") + "</media></suite>"},
      {"default/app_strings.txt", "k=v\nn=1\n"},
      {"en/app_strings.txt", "k=english\n"},
      {"fra/app_strings.txt", "k=french\n"},
      {"hin/app_strings.txt", "k=hindi\n"},
      {"commcare/image/f.png", "french picture"},
      {"commcare/image/h.png", "hindi picture"},
      {"form.xml",
       "<h:html xmlns:h=\"http://www.w3.org/1999/xhtml\" "
       "xmlns=\"http://www.w3.org/2002/xforms\"><h:head><h:title>T</h:title><model><instance>"
       "<data xmlns=\"http://x/form\"><q/></data></instance><itext>" +
           translation("fra", "f.png") + translation("hin", "h.png") +
           "</itext></model></h:head><h:body><input ref=\"/data/q\"><label ref=\"jr:itext('q')\"/>"
           "</input></h:body></h:html>"}};
}

class VariantsTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_.emplace(scratch_);
    demo_ = world_->AddProject("demo");
    blobs_.emplace(scratch_.folder() / "blobs");
    stores_.emplace(Stores{*world_->database, world_->writer, *blobs_, world_->clock});
    ImportOptions options;
    options.base_url = "https://new.example";
    const auto report = ImportArchive(
        *stores_, demo_, zip::Archive::Unpack(Zip(AppFiles()), scratch_.folder()), options);
    ASSERT_TRUE(report.is_stored);
    build_ = report.build;
  }

  App TheApp() { return RequireApp(*world_->database->Read(), demo_.row, "app"); }
  BuildProfile Add(const std::string& name, const std::vector<std::string>& languages) {
    BuildProfile made;
    const auto app = TheApp();
    world_->Write([&](sql::Batch& batch) { made = AddBuildProfile(batch, app, name, languages); });
    return made;
  }
  std::string Text(const BuildProfile& profile, const std::string& path) {
    const auto lease = world_->database->Read();
    const auto file = FindVariantFile(*lease, build_, profile.id, path);
    return file ? blobs_->Read(*lease, file->blob) : "none";
  }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::optional<PeopleWorld> world_;
  projects::Project demo_;
  std::optional<blobs::BlobStore> blobs_;
  std::optional<Stores> stores_;
  Build build_;
};

TEST_P(VariantsTest, AVariantHasTheFilesOfItsLanguages) {
  const auto hindi = Add("Hindi", {"hin", "en"});
  Variants variants(*stores_);
  variants.Make(build_, "demo", hindi);
  variants.Make(build_, "demo", hindi);
  EXPECT_THAT(Text(hindi, "media_profile.ccpr"), HasSubstr(hindi.id + "/media_suite.xml"));
  EXPECT_THAT(Text(hindi, "profile.ccpr"), Not(HasSubstr("media_suite")));
  EXPECT_THAT(Text(hindi, "suite.xml"), HasSubstr(hindi.id + "/form.xml"));
  EXPECT_THAT(Text(hindi, "suite.xml"), Not(HasSubstr("fra/app_strings")));
  EXPECT_THAT(Text(hindi, "form.xml"), Not(HasSubstr("lang=\"fra\"")));
  EXPECT_EQ(Text(hindi, "default/app_strings.txt"), "k=v\nn=1\nk=hindi\n");
  EXPECT_EQ(Text(hindi, "en/app_strings.txt"), "k=english\n");
  EXPECT_EQ(Text(hindi, "fra/app_strings.txt"), "none");
  EXPECT_THAT(Text(hindi, "media_suite.xml"), Not(HasSubstr("f.png")));
  EXPECT_EQ(Text(hindi, "commcare/image/h.png"), "hindi picture");
  EXPECT_EQ(Text(hindi, "commcare/image/f.png"), "none");
}

TEST_P(VariantsTest, TheBuildItselfAndWhatIsMadeOfItStayWhole) {
  const auto files = [&] { return ListFiles(*world_->database->Read(), build_).size(); };
  const auto before = files();
  Variants variants(*stores_);
  variants.Make(build_, "demo", Add("Hindi", {"hin"}));
  EXPECT_EQ(files(), before);
  ImportOptions options;
  options.base_url = "https://moved.example";
  const auto again = Republish(*stores_, demo_, TheApp(), options);
  EXPECT_EQ(ListFiles(*world_->database->Read(), again.build).size(), before);
}

TEST_P(VariantsTest, ItsArchiveHasItsFilesOnly) {
  const auto hindi = Add("Hindi", {"hin"});
  Variants variants(*stores_);
  variants.Make(build_, "demo", hindi);
  Archives archives(*stores_, scratch_.folder());
  const auto file = archives.Get(build_, true, hindi.id);
  const auto archive =
      zip::Archive::Unpack(blobs_->Read(*world_->database->Read(), file.blob), scratch_.folder());
  std::vector<std::string> names;
  for (const auto& entry : archive.entries()) names.push_back(entry.name);
  EXPECT_THAT(names, testing::UnorderedElementsAre(
                         "commcare/image/h.png", "default/app_strings.txt", "form.xml",
                         "hin/app_strings.txt", "media_suite.xml", "profile.ccpr", "suite.xml"));
  EXPECT_THAT(archive.Read(*archive.Find("form.xml")), Not(HasSubstr("fra")));
}

TEST_P(VariantsTest, ProfilesAreOfTheNewestBuildsLanguagesAndHaveANameOfTheirOwn) {
  EXPECT_THROW(Add("Swahili", {"swa"}), Problem);
  EXPECT_THROW(Add("None", {}), Problem);
  EXPECT_THROW(Add("Twice", {"en", "en"}), Problem);
  EXPECT_THROW(Add(" ", {"en"}), Problem);
  EXPECT_THROW(Add(std::string(kBuildProfileNameBytesMax + 1, 'x'), {"en"}), Problem);
  Add(std::string(kBuildProfileNameBytesMax, 'x'), {"en"});
  Add("French", {"fra"});
  EXPECT_THROW(Add("French", {"en"}), Problem);
  const auto app = TheApp();
  world_->Write([&](sql::Batch& batch) { RetireBuildProfile(batch, app, "French", true); });
  EXPECT_TRUE(TheApp().settings.build_profiles.back().is_retired);
  EXPECT_EQ(Add("English", {"en"}).number, 3) << "numbers are not given twice";
  EXPECT_THROW(MergeAppSettings("{}", R"({"build_profiles":[]})"), Problem);
}

TEST_P(VariantsTest, AnAppHasSoManyProfilesAndNotOneMore) {
  for (std::size_t i = 0; i < kBuildProfilesMax; ++i) Add("P" + std::to_string(i), {"en"});
  EXPECT_THROW(Add("One more", {"en"}), Problem);
}

INSTANTIATE_TEST_SUITE_P(Engines, VariantsTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& given) {
                           return given.param == sql::Engine::kSqlite ? "sqlite" : "postgresql";
                         });

}  // namespace
}  // namespace outpost::apps
