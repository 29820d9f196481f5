#include "operations/phones/apps/app_client.h"

#include <gtest/gtest.h>

#include <set>

#include "base/problem.h"
#include "format/zip/zip.h"

namespace outpost::phones {
namespace {

constexpr const char* kProfileUrl = "https://h/a/d/apps/download/b/media_profile.ccpr";

std::string ResourceOf(const std::string& id, int version, const std::string& path,
                       const std::string& more = "") {
  return "<resource id='" + id + "' version='" + std::to_string(version) + "' " + more +
         "><location authority='local'>./" + path + "</location><location authority='remote'>./" +
         path + "</location></resource>";
}

std::string FormOf(const std::string& xmlns, const std::string& title) {
  return "<h:html xmlns:h='http://www.w3.org/1999/xhtml' xmlns='http://www.w3.org/2002/xforms'>"
         "<h:head><h:title>" +
         title + "</h:title><model><instance><data xmlns='" + xmlns +
         "'/></instance></model></h:head></h:html>";
}

/// An app of one form, strings and an image, in files as the tests change them.
ArchiveFiles AppOf(int version, int form_version = 1, int media_version = 1) {
  ArchiveFiles files;
  const auto v = std::to_string(version);
  files["profile.ccpr"] = "<profile version='" + v +
                          "' uniqueid='app' requiredMajor='2' requiredMinor='50'>"
                          "<property key='forced' value='" +
                          v + "' force='true'/><property key='free' value='" + v + "'/><suite>" +
                          ResourceOf("suite", version, "suite.xml") + "</suite></profile>";
  files["suite.xml"] =
      "<suite version='" + v + "'><xform>" + ResourceOf("form", form_version, "form.xml") +
      "</xform><locale language='default'>" + ResourceOf("strings", version, "default.txt") +
      "</locale><media path='../../commcare'>" + ResourceOf("image", media_version, "image.png") +
      "</media></suite>";
  files["form.xml"] = FormOf("http://one", "v" + v);
  files["default.txt"] = "a=" + v + "\n";
  files["image.png"] = "picture " + v;
  return files;
}

/// Serves files below the profile's folder; `broken` files fail on every try.
class AppClientTest : public testing::Test {
 protected:
  FetchAnswer Answer(const std::string& address, const http::Headers& headers) {
    asked_.push_back(address.substr(address.rfind('/') + 1));
    source_ = headers.Find("X-CommCareHQ-RequestSource").value_or("");
    age_ = headers.Find("X-CommCareHQ-RequestAge").value_or("");
    FetchAnswer answer;
    const auto name = asked_.back().substr(0, asked_.back().find('?'));
    if (broken_.contains(name)) return answer;
    answer.kind = FetchAnswer::Kind::kAnswer;
    answer.headers.Set("Date", "Tue, 03 Jun 2025 10:00:00 GMT");
    const auto file = served_.find(name == "media_profile.ccpr" ? "profile.ccpr" : name);
    answer.status = file == served_.end() ? 404 : 200;
    if (answer.status == 200) answer.body = file->second;
    return answer;
  }

  AppResult Install() { return phone_.Install(kProfileUrl).result; }
  AppResult Stage() { return phone_.StageUpdate().result; }
  std::size_t Asked(const std::string& name) const {
    std::size_t count = 0;
    for (const auto& one : asked_) count += one == name ? 1 : 0;
    return count;
  }

  ArchiveFiles served_ = AppOf(5);
  std::set<std::string> broken_;
  std::vector<std::string> asked_;
  std::string source_, age_;
  ScriptedClock clock_{*ParseDate("2025-06-01")};
  AppClient phone_{{},
                   [this](const std::string& address, const http::Headers& headers) {
                     return Answer(address, headers);
                   },
                   clock_};
};

TEST_F(AppClientTest, InstallsEveryFileFromItsAddress) {
  ASSERT_EQ(Install(), AppResult::kInstalled);
  EXPECT_EQ(phone_.version(), 5);
  EXPECT_EQ(*phone_.Content("image"), "picture 5");
  EXPECT_EQ(source_, "install");
  EXPECT_EQ(phone_.update_url(), kProfileUrl) << "the profile names no other";
  for (const char* name : {"suite.xml", "form.xml", "default.txt", "image.png"}) {
    EXPECT_EQ(Asked(name), 1u) << name;
  }
}

TEST_F(AppClientTest, ARemoteInstallHasNoLocalPlaces) {
  ASSERT_EQ(Install(), AppResult::kInstalled);
  for (const auto& entry : phone_.installed().table.entries()) {
    for (const auto& place : entry.places) EXPECT_FALSE(place.is_local) << place.address;
  }
}

TEST_F(AppClientTest, AnInstallThatFailsLeavesNothing) {
  broken_ = {"form.xml"};
  EXPECT_EQ(Install(), AppResult::kNetworkFailure);
  EXPECT_FALSE(phone_.is_installed());
  broken_.clear();
  EXPECT_EQ(Install(), AppResult::kInstalled);
}

TEST_F(AppClientTest, AnUpdateFetchesOnlyWhatIsNewer) {
  ASSERT_EQ(Install(), AppResult::kInstalled);
  asked_.clear();
  served_ = AppOf(6, 1, 6);
  ASSERT_EQ(Stage(), AppResult::kUpdateStaged);
  EXPECT_EQ(source_, "foreground_update");
  EXPECT_EQ(Asked("form.xml"), 0u) << "of the same version, although it has changed";
  EXPECT_EQ(Asked("image.png"), 1u);
  EXPECT_EQ(phone_.version(), 5) << "staged is not installed";
  EXPECT_EQ(*phone_.Content("strings"), "a=5\n");
  ASSERT_EQ(phone_.Apply().result, AppResult::kInstalled);
  EXPECT_EQ(phone_.version(), 6);
  EXPECT_EQ(*phone_.Content("strings"), "a=6\n");
  EXPECT_EQ(*phone_.Content("image"), "picture 6");
  EXPECT_NE(phone_.Content("form")->find("v5"), std::string::npos);
  EXPECT_EQ(phone_.Apply().result, AppResult::kUnknownFailure) << "nothing is staged any more";
}

TEST_F(AppClientTest, ASuiteOfTheSameVersionIsNotReadAgain) {
  ASSERT_EQ(Install(), AppResult::kInstalled);
  served_ = AppOf(6, 6, 6);
  served_["profile.ccpr"].replace(served_["profile.ccpr"].find("'suite' version='6'"), 19,
                                  "'suite' version='5'");
  ASSERT_EQ(Stage(), AppResult::kUpdateStaged);
  phone_.Apply();
  EXPECT_EQ(phone_.version(), 6);
  EXPECT_EQ(*phone_.Content("image"), "picture 5");
  EXPECT_EQ(*phone_.Content("strings"), "a=5\n");
}

TEST_F(AppClientTest, ALowerOrEqualVersionIsUpToDate) {
  ASSERT_EQ(Install(), AppResult::kInstalled);
  EXPECT_EQ(Stage(), AppResult::kUpToDate);
  served_ = AppOf(4);
  EXPECT_EQ(Stage(), AppResult::kUpToDate);
  EXPECT_EQ(phone_.version(), 5);
  EXPECT_TRUE(phone_.partial().empty());
}

TEST_F(AppClientTest, AnInterruptedUpdateGoesOnWhereItStopped) {
  ASSERT_EQ(Install(), AppResult::kInstalled);
  served_ = AppOf(6, 6, 6);
  broken_ = {"image.png"};
  asked_.clear();
  EXPECT_EQ(Stage(), AppResult::kNetworkFailure);
  EXPECT_EQ(Asked("image.png"), 4u) << "once, and three times more";
  EXPECT_EQ(phone_.version(), 5);
  EXPECT_EQ(*phone_.Content("image"), "picture 5");
  EXPECT_FALSE(phone_.partial().empty());
  broken_.clear();
  asked_.clear();
  EXPECT_EQ(Stage(), AppResult::kUpdateStaged);
  EXPECT_EQ(asked_.size(), 2u) << "the profile and the image";
  EXPECT_EQ(phone_.Apply().result, AppResult::kInstalled);
  EXPECT_EQ(*phone_.Content("image"), "picture 6");
}

TEST_F(AppClientTest, APartialSetGivesWayToANewerBuild) {
  ASSERT_EQ(Install(), AppResult::kInstalled);
  served_ = AppOf(6, 6, 6);
  broken_ = {"image.png"};
  Stage();
  served_ = AppOf(7, 7, 7);
  broken_.clear();
  EXPECT_EQ(Stage(), AppResult::kUpdateStaged);
  EXPECT_EQ(phone_.Apply().result, AppResult::kInstalled);
  EXPECT_NE(phone_.Content("form")->find("v7"), std::string::npos);
}

TEST_F(AppClientTest, APartialSetIsFinishedAlsoWhenItsReleaseIsTakenBack) {
  ASSERT_EQ(Install(), AppResult::kInstalled);
  const auto newer = AppOf(6, 6, 6);
  served_ = newer;
  broken_ = {"image.png"};
  Stage();
  served_ = AppOf(5);
  served_["image.png"] = newer.at("image.png");  // of an address that stays
  broken_.clear();
  EXPECT_EQ(Stage(), AppResult::kUpdateStaged);
  EXPECT_EQ(phone_.Apply().result, AppResult::kInstalled);
  EXPECT_EQ(phone_.version(), 6);
}

TEST_F(AppClientTest, WhatCannotBecomeAnAppIsThrownAway) {
  ASSERT_EQ(Install(), AppResult::kInstalled);
  const auto good = AppOf(6, 6, 6);
  const auto staged_with = [&](const std::string& name, const std::string& content) {
    served_ = good;
    served_[name] = content;
    const auto result = Stage();
    EXPECT_TRUE(phone_.partial().empty()) << NameOf(result);
    EXPECT_EQ(phone_.version(), 5);
    return result;
  };
  EXPECT_EQ(staged_with("suite.xml", "<suite"), AppResult::kInvalidResource);
  EXPECT_EQ(staged_with("form.xml", "<h"), AppResult::kInvalidResource);
  EXPECT_EQ(staged_with("form.xml", FormOf("", "x")), AppResult::kInvalidResource);
  EXPECT_EQ(staged_with("profile.ccpr", "<profile/>"), AppResult::kInvalidResource);
  EXPECT_EQ(staged_with("profile.ccpr",
                        "<profile version='6' uniqueid='app' requiredMajor='2' "
                        "requiredMinor='58'/>"),
            AppResult::kIncompatibleReqs);
  EXPECT_EQ(staged_with("profile.ccpr", "<profile version='6' uniqueid='other'/>"),
            AppResult::kInvalidResource);
  served_ = good;
  served_.erase("image.png");
  EXPECT_EQ(Stage(), AppResult::kMissingResourcesWithMessage);
  served_.erase("suite.xml");
  EXPECT_EQ(Stage(), AppResult::kMissingResources);
  EXPECT_TRUE(phone_.partial().empty());
  served_.clear();
  EXPECT_EQ(Stage(), AppResult::kMissingResources) << "a deleted app";
  EXPECT_EQ(phone_.version(), 5);
}

TEST_F(AppClientTest, AnotherLanguageNeedsTheDefaultsKeys) {
  const auto add_language = [&](const std::string& content) {
    served_ = AppOf(5);
    auto& suite = served_["suite.xml"];
    suite.insert(suite.find("<media"),
                 "<locale language='fr'>" + ResourceOf("fr", 5, "fr.txt") + "</locale>");
    served_["fr.txt"] = content;
  };
  add_language("a=un\nb=deux\n");
  EXPECT_EQ(Install(), AppResult::kUnknownFailure);
  add_language("a=un\n");
  EXPECT_EQ(Install(), AppResult::kInstalled);
}

TEST_F(AppClientTest, AStaleSetIsBegunAnew) {
  ASSERT_EQ(Install(), AppResult::kInstalled);
  served_ = AppOf(6, 6, 6);
  broken_ = {"image.png"};
  Stage();
  for (int resumes = 0; resumes < kFailedResumesMax; ++resumes) Stage();
  asked_.clear();
  Stage();
  EXPECT_EQ(Asked("suite.xml"), 0u) << "the fifth failed resume is not one too many";
  asked_.clear();
  Stage();
  EXPECT_EQ(Asked("suite.xml"), 1u);
  asked_.clear();
  clock_.Advance(kPartialMicrosMax);
  Stage();
  EXPECT_EQ(Asked("suite.xml"), 0u);
  EXPECT_EQ(age_, "lt_30");
  clock_.Advance(1);
  Stage();
  EXPECT_EQ(Asked("suite.xml"), 1u);
}

TEST_F(AppClientTest, ForcedPropertiesAreWrittenAtEveryUpdate) {
  ASSERT_EQ(Install(), AppResult::kInstalled);
  phone_.SetProperty("forced", "mine");
  phone_.SetProperty("free", "mine");
  served_ = AppOf(6);
  Stage();
  EXPECT_EQ(phone_.properties().at("forced"), "mine");
  phone_.Apply();
  EXPECT_EQ(phone_.properties().at("forced"), "6");
  EXPECT_EQ(phone_.properties().at("free"), "mine");
}

TEST_F(AppClientTest, AnUpdateCheckAddsItsParameters) {
  auto& profile = served_["profile.ccpr"];
  profile.insert(profile.find(" uniqueid"), " update='https://h/media_profile.ccpr?latest=true'");
  ASSERT_EQ(Install(), AppResult::kInstalled);
  phone_.SetProperty("cc-update-target", "build");
  phone_.StageUpdate("asha");
  EXPECT_EQ(asked_.back(), "media_profile.ccpr?latest=true&target=build&username=asha");
}

TEST_F(AppClientTest, AnArchiveIsReadLocallyAndTheNetOnlyForWhatItLacks) {
  auto files = AppOf(5);
  files.erase("image.png");
  auto& suite = files["suite.xml"];
  const std::string relative = "'remote'>./image.png";
  suite.replace(suite.find(relative), relative.size(), "'remote'>https://h/image.png");
  ASSERT_EQ(phone_.InstallArchive(files).result, AppResult::kInstalled);
  EXPECT_EQ(asked_, std::vector<std::string>{"image.png"});
  ASSERT_EQ(phone_.StageArchive(AppOf(6, 6, 6)).result, AppResult::kUpdateStaged);
  EXPECT_EQ(phone_.Apply().result, AppResult::kInstalled);
  EXPECT_EQ(asked_.size(), 1u);
  EXPECT_EQ(*phone_.Content("image"), "picture 6");
}

TEST_F(AppClientTest, AnArchiveThatLeavesItsFolderIsRefused) {
  const auto archive_of = [](const std::string& name) {
    std::string bytes;
    zip::Writer writer([&](std::string_view piece) { bytes += piece; });
    writer.Add("profile.ccpr", AppOf(5)["profile.ccpr"], false);
    writer.Add(name, "x", false);
    writer.Finish();
    return bytes;
  };
  EXPECT_EQ(UnpackArchive(archive_of("suite.xml")).size(), 2u);
  EXPECT_THROW(UnpackArchive(archive_of("../evil")), Problem);
}

TEST_F(AppClientTest, LazyMediaComeLater) {
  auto& suite = served_["suite.xml"];
  suite.insert(suite.find(" id='image'"), " lazy='true'");
  broken_ = {"image.png"};
  ASSERT_EQ(Install(), AppResult::kInstalled);
  EXPECT_EQ(Asked("image.png"), 0u);
  EXPECT_EQ(phone_.Content("image"), nullptr);
  EXPECT_EQ(phone_.FetchLazy().result, AppResult::kNetworkFailure);
  broken_.clear();
  EXPECT_EQ(phone_.FetchLazy().result, AppResult::kInstalled);
  EXPECT_EQ(source_, "background_lazy_resource");
  EXPECT_EQ(*phone_.Content("image"), "picture 5");
}

TEST_F(AppClientTest, OfTwoFormsWithOneXmlnsTheHigherVersionIsUsed) {
  auto& suite = served_["suite.xml"];
  suite.insert(suite.find("<locale"), "<xform>" + ResourceOf("twin", 9, "twin.xml") + "</xform>");
  served_["twin.xml"] = FormOf("http://one", "twin");
  ASSERT_EQ(Install(), AppResult::kInstalled);
  ASSERT_NE(phone_.FindForm("http://one"), nullptr);
  EXPECT_EQ(phone_.FindForm("http://one")->resource.id, "twin");
  EXPECT_EQ(phone_.FindForm("http://two"), nullptr);
}

TEST_F(AppClientTest, ThePracticeUserMustBeOne) {
  const auto restore_of = [](const std::string& name, const std::string& type) {
    return "<OpenRosaResponse xmlns='http://openrosa.org/http/response'>"
           "<message nature='ota_restore_success'>x</message>"
           "<Sync xmlns='http://commcarehq.org/sync'><restore_id>r</restore_id></Sync>"
           "<Registration xmlns='http://openrosa.org/user/registration'><username>" +
           name +
           "</username><password>p</password><uuid>u</uuid><date>2016-03-03</date><user_data>"
           "<data key='user_type'>" +
           type +
           "</data></user_data></Registration>"
           "</OpenRosaResponse>";
  };
  auto& suite = served_["suite.xml"];
  suite.insert(suite.find("<locale"),
               "<user-restore>" + ResourceOf("practice", 1, "restore.xml") + "</user-restore>");
  served_["restore.xml"] = restore_of("demo", "standard");
  const auto refused = phone_.Install(kProfileUrl);
  EXPECT_EQ(refused.result, AppResult::kInvalidResource);
  EXPECT_NE(refused.told.find("user_type set to demo"), std::string::npos);
  served_["restore.xml"] = restore_of("demo", "demo");
  ASSERT_EQ(Install(), AppResult::kInstalled);
  ASSERT_NE(phone_.PracticeLogin(), nullptr);
  phone_.PracticeLogin()->sync_token = "filled";
  EXPECT_EQ(phone_.PracticeLogin()->sync_token, "filled") << "its work is kept until an update";
}

}  // namespace
}  // namespace outpost::phones
