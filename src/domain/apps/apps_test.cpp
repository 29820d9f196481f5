#include "domain/apps/apps.h"

#include <gmock/gmock.h>

#include "base/problem.h"
#include "domain/apps/app_settings.h"
#include "domain/apps/ccz.h"
#include "domain/apps/choose.h"
#include "domain/apps/detail/versions.h"
#include "domain/apps/heartbeats.h"
#include "domain/people/phone_keys.h"
#include "domain/people/testing/people_world.h"

namespace outpost::apps {
namespace {

using people_testing::PeopleWorld;
using ::testing::HasSubstr;

std::string Zip(const std::map<std::string, std::string>& files) {
  std::string bytes;
  zip::Writer writer([&](std::string_view piece) { bytes += piece; });
  for (const auto& [name, text] : files) writer.Add(name, text, false);
  writer.Finish();
  return bytes;
}

std::string Resource(const std::string& id, int version, const std::string& path) {
  return "<resource id=\"" + id + "\" version=\"" + std::to_string(version) +
         "\"><location authority=\"local\">./" + path + "</location></resource>";
}

/// An app of one form.
std::map<std::string, std::string> AppFiles(int version, const std::string& label,
                                            int form_version = 1) {
  const auto v = std::to_string(version);
  return {{"profile.ccpr", "<profile version=\"" + v + "\" uniqueid=\"app\" name=\"A\"><suite>" +
                               Resource("suite", version, "suite.xml") + "</suite></profile>"},
          {"suite.xml",
           "<suite version=\"" + v + "\"><xform>" + Resource("form", form_version, "form.xml") +
               "</xform><locale language=\"default\">" +
               Resource("app_default_strings", version, "default/app_strings.txt") +
               "</locale><entry><form>http://x/form</form><command id=\"m0-f0\"><text>F</text>"
               "</command></entry><menu id=\"m0\"><text>M</text><command id=\"m0-f0\"/></menu>"
               "</suite>"},
          {"default/app_strings.txt", "k=v\n"},
          {"form.xml",
           "<h:html xmlns:h=\"http://www.w3.org/1999/xhtml\" "
           "xmlns=\"http://www.w3.org/2002/xforms\"><h:head><h:title>T</h:title><model><instance>"
           "<data xmlns=\"http://x/form\"><q/></data></instance></model></h:head><h:body>"
           "<input ref=\"/data/q\"><label>" +
               label + "</label></input></h:body></h:html>"}};
}

class AppsTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_.emplace(scratch_);
    demo_ = world_->AddProject("demo");
    blobs_.emplace(scratch_.folder() / "blobs");
    stores_.emplace(Stores{*world_->database, world_->writer, *blobs_, world_->clock});
  }

  ImportReport Import(const std::map<std::string, std::string>& files,
                      const ImportOptions& given = {}) {
    auto options = given;
    if (options.base_url.empty()) options.base_url = "https://new.example";
    return ImportArchive(*stores_, demo_, zip::Archive::Unpack(Zip(files), scratch_.folder()),
                         options);
  }
  std::int64_t VersionOf(const Build& build, std::string_view path) {
    return FindFile(*world_->database->Read(), build, path)->version;
  }
  App TheApp() { return RequireApp(*world_->database->Read(), demo_.row, "app"); }
  std::optional<std::int64_t> Latest(const std::optional<Build>& named, Target target) {
    const auto lease = world_->database->Read();
    const auto build = ChooseLatest(*lease, {TheApp(), named}, target);
    return build ? std::optional(build->version) : std::nullopt;
  }
  void Release(const Build& build) {
    world_->Write([&](sql::Batch& batch) { SetReleased(batch, build, true); });
  }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::optional<PeopleWorld> world_;
  projects::Project demo_;
  std::optional<blobs::BlobStore> blobs_;
  std::optional<Stores> stores_;
};

TEST_P(AppsTest, AnArchiveBecomesABuild) {
  const auto report = Import(AppFiles(3, "Name"));
  ASSERT_TRUE(report.is_stored);
  EXPECT_EQ(report.build.version, 3);
  EXPECT_EQ(report.app.app_id, "app");
  EXPECT_EQ(report.forms, 1u);
  const auto lease = world_->database->Read();
  const auto suite = FindFile(*lease, report.build, "suite.xml");
  ASSERT_TRUE(suite);
  EXPECT_NE(suite->original, "") << "what was imported is kept";
  EXPECT_THAT(
      blobs_->Read(*lease, suite->blob),
      HasSubstr("https://new.example/a/demo/apps/download/" + report.build.build_id + "/form.xml"));
  EXPECT_EQ(blobs_->Read(*lease, suite->original), AppFiles(3, "Name").at("suite.xml"));
}

TEST_P(AppsTest, AnAppWithErrorsIsToldAndNotStored) {
  auto files = AppFiles(3, "Name");
  files.erase("form.xml");
  const auto report = Import(files);
  EXPECT_FALSE(report.is_stored);
  ASSERT_FALSE(report.findings.empty());
  EXPECT_EQ(report.findings.front().place.file, "suite.xml");
  EXPECT_FALSE(FindApp(*world_->database->Read(), demo_.row, "app"));
}

TEST_P(AppsTest, PhonesFetchWhatChangedAndNothingElse) {
  const auto first = Import(AppFiles(3, "Name", 2));
  const auto same = Import(AppFiles(4, "Name", 4));
  EXPECT_EQ(VersionOf(same.build, "form.xml"), 2) << "the form is the same";
  EXPECT_EQ(VersionOf(same.build, "suite.xml"), 4) << "a suite is read anew with every build";
  const auto changed = Import(AppFiles(5, "Other", 2));
  EXPECT_EQ(VersionOf(changed.build, "form.xml"), 5) << "another form under an old version";
  const auto back = Import(AppFiles(6, "Name", 6));
  EXPECT_EQ(VersionOf(back.build, "form.xml"), 6) << "phones have the one in between";
}

TEST_P(AppsTest, AVersionIsNeverUsedTwice) {
  Import(AppFiles(3, "Name"));
  EXPECT_THROW(Import(AppFiles(3, "Other")), Problem);
  EXPECT_THROW(Import(AppFiles(2, "Other")), Problem);
  ImportOptions options;
  options.renumbers = true;
  const auto renumbered = Import(AppFiles(2, "Other"), options);
  EXPECT_EQ(renumbered.build.version, 4);
  EXPECT_EQ(VersionOf(renumbered.build, "suite.xml"), 4);
}

TEST_P(AppsTest, TheSameArchiveAgainIsNothingNew) {
  const auto first = Import(AppFiles(3, "Name"));
  ImportOptions options;
  options.is_released = true;
  const auto again = Import(AppFiles(3, "Name"), options);
  EXPECT_TRUE(again.was_there);
  EXPECT_EQ(again.build.build_id, first.build.build_id);
  EXPECT_TRUE(NewestBuild(*world_->database->Read(), TheApp(), true)) << "it was released";
}

TEST_P(AppsTest, ANewAddressMakesANewBuildOfTheSameFiles) {
  const auto first = Import(AppFiles(3, "Name"));
  world_->Write([&](sql::Batch& batch) {
    ChangeAppSettings(batch, first.app, R"({"base_url": "https://proxy.example/"})");
  });
  const auto again = Republish(*stores_, demo_, TheApp(), {});
  EXPECT_EQ(again.build.version, 4);
  EXPECT_EQ(again.build.base_url, "https://proxy.example");
  EXPECT_EQ(VersionOf(again.build, "form.xml"), 1) << "phones keep the form";
  const auto lease = world_->database->Read();
  EXPECT_THAT(blobs_->Read(*lease, FindFile(*lease, again.build, "suite.xml")->blob),
              HasSubstr("https://proxy.example/a/demo/"));
}

TEST_P(AppsTest, TheNewestReleasedBuildIsTheLatestAndNeverLowerThanTheNamedOne) {
  const auto one = Import(AppFiles(1, "1")).build;
  EXPECT_EQ(Latest(std::nullopt, Target::kRelease), 1) << "nothing is released: what is named";
  const auto two = Import(AppFiles(2, "2")).build;
  const auto three = Import(AppFiles(3, "3")).build;
  EXPECT_EQ(Latest(one, Target::kRelease), 1);
  Release(two);
  EXPECT_EQ(Latest(one, Target::kRelease), 2);
  EXPECT_EQ(Latest(std::nullopt, Target::kRelease), 2);
  EXPECT_EQ(Latest(three, Target::kRelease), 3);
  EXPECT_EQ(Latest(one, Target::kBuild), 3);
  EXPECT_EQ(Latest(one, Target::kSave), 3);
}

TEST_P(AppsTest, ADeletedAppIsNotFoundAndComesBack) {
  const auto build = Import(AppFiles(1, "1")).build;
  const auto app = TheApp();
  world_->Write([&](sql::Batch& batch) { SetDeleted(batch, app, true); });
  EXPECT_FALSE(FindNamed(*world_->database->Read(), demo_.row, build.build_id));
  EXPECT_FALSE(FindNamed(*world_->database->Read(), demo_.row, "app"));
  world_->Write([&](sql::Batch& batch) { SetDeleted(batch, app, false); });
  EXPECT_TRUE(FindNamed(*world_->database->Read(), demo_.row, build.build_id));
}

TEST_P(AppsTest, AnArchiveOfABuildInstallsTheSameApp) {
  const auto build = Import(AppFiles(3, "Name")).build;
  Archives archives(*stores_, scratch_.folder());
  const auto file = archives.Get(build, true);
  EXPECT_EQ(archives.Get(build, true).blob, file.blob);
  const auto lease = world_->database->Read();
  const auto archive = zip::Archive::Unpack(blobs_->Read(*lease, file.blob), scratch_.folder());
  ASSERT_EQ(archive.entries().size(), 4u);
  EXPECT_THAT(archive.Read(*archive.Find("profile.ccpr")), HasSubstr("media_profile.ccpr?latest"));
  EXPECT_EQ(archive.Read(*archive.Find("form.xml")), AppFiles(3, "Name").at("form.xml"));
}

TEST_P(AppsTest, TheNewestHeartbeatOfADeviceIsKept) {
  const auto asha = world_->AddWorker(demo_, "asha");
  Heartbeat heartbeat;
  heartbeat.account = asha.row;
  heartbeat.app_id = "app";
  heartbeat.device_id = "d1";
  for (const std::int64_t version : {4, 5}) {
    heartbeat.app_version = version;
    world_->Write([&](sql::Batch& batch) { RecordHeartbeat(batch, demo_.row, heartbeat); });
  }
  const auto phones = ListHeartbeats(*world_->database->Read(), demo_.row, "app", 10);
  ASSERT_EQ(phones.size(), 1u);
  EXPECT_EQ(phones[0].app_version, 5);
  EXPECT_EQ(phones[0].username, asha.username);
}

TEST_P(AppsTest, AUsersPhoneKeyStaysAndItsEndMovesByWholePeriods) {
  const auto asha = world_->AddWorker(demo_, "asha");
  const auto renew = [&] {
    return world_->Write([&](sql::Batch& batch) {
      return people::RenewPhoneKey(batch, world_->key, demo_.row, asha.row);
    });
  };
  const auto first = renew();
  EXPECT_EQ(first.key.size(), people::kPhoneKeyBytes);
  EXPECT_EQ(first.expires_on - first.valid_from, 2 * people::kPhoneKeyMicros);
  world_->clock.Set(world_->clock.Now() + 100 * kMicrosPerDay);
  const auto later = renew();
  EXPECT_EQ(later.uuid, first.uuid);
  EXPECT_EQ(later.key, first.key);
  EXPECT_EQ((later.expires_on - first.expires_on) % people::kPhoneKeyMicros, 0);
  EXPECT_GT(later.expires_on, world_->clock.Now());
}

INSTANTIATE_TEST_SUITE_P(Engines, AppsTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

TEST(AppSettings, AreMergedAndRead) {
  const auto json = MergeAppSettings(
      R"({"unknown_of_later": 1, "client_version": "2.5"})",
      R"({"app_prompt": "forced", "client_version": null, "base_url": "https://p.example/"})");
  const auto settings = ReadAppSettings(json);
  EXPECT_EQ(settings.app_prompt, Prompt::kForced);
  EXPECT_EQ(settings.client_version, "");
  EXPECT_EQ(settings.base_url, "https://p.example");
  EXPECT_THAT(json, HasSubstr("unknown_of_later"));
}

TEST(AppSettings, RefuseWhatDoesNotFit) {
  for (const auto* changes :
       {R"({"nothing": 1})", R"({"app_prompt": "maybe"})", R"({"base_url": "p.example"})",
        R"({"base_url": "https://p.example/path"})", R"({"client_version": "two"})",
        R"({"prompted_version": -1})", R"([1])",
        R"({"recovery_measures": [{"sequence_number": 1, "type": "app_update"}]})",
        R"({"recovery_measures": [{"type": "unknown", "app_version_min": 1,
                                   "app_version_max": 2}]})"}) {
    EXPECT_THROW(MergeAppSettings("{}", changes), Problem) << changes;
  }
}

}  // namespace
}  // namespace outpost::apps
