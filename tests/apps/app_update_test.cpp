#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "apps/app_world.h"
#include "apps/broken_download.h"
#include "store/sql/testing/scratch_postgresql.h"

/// A phone installs and updates an app from the real program, and what goes wrong on the way:
///   app_update_test PROGRAM sqlite|postgresql
namespace outpost::tests {
namespace {

using phones::AppResult;

constexpr int kSkipped = 77;
constexpr const char* kImageId = "media-dot.png";
constexpr const char* kImagePart = "dot.png";
constexpr std::size_t kBeforeTheCut = 300'000;

AppWorld* world = nullptr;

/// A phone with the first build, which is released; the second is imported and not released.
class AppUpdateTest : public testing::Test {
 protected:
  void SetUp() override {
    world->NewProject();
    first_ = world->Import(1);
    world->Release(first_, true);
    const auto installed = phone_.Install(world->ProfileUrl(first_));
    ASSERT_EQ(installed.result, AppResult::kInstalled) << installed.resource << installed.told;
    second_ = world->Import(2);
  }

  AppResult Stage() {
    const auto outcome = phone_.StageUpdate("asha");
    fetched_ = outcome.fetched;
    return outcome.result;
  }

  /// Everything it holds is of that build, byte by byte.
  void ExpectWhole(const phones::AppClient& phone, const std::string& build, int version) {
    EXPECT_EQ(phone.version(), version);
    const std::pair<const char*, const char*> files[] = {
        {"suite", "suite.xml"},
        {"media-suite", "media_suite.xml"},
        {"form-one", "modules-0/forms-0.xml"},
        {"app_default_strings", "default/app_strings.txt"},
        {kImageId, "commcare/image/dot.png"}};
    for (const auto& [id, path] : files) {
      ASSERT_NE(phone.Content(id), nullptr) << id;
      EXPECT_TRUE(*phone.Content(id) == world->Download(build, path)) << id;
    }
  }

  std::string first_, second_;
  std::vector<std::string> fetched_;
  phones::AppClient phone_ = world->NewPhone();
};

TEST_F(AppUpdateTest, ANewBuildComesExactlyWhenItIsReleased) {
  ExpectWhole(phone_, first_, 1);
  EXPECT_EQ(Stage(), AppResult::kUpToDate);
  EXPECT_EQ(phone_.properties().at("PostURL").find("http://phones.example/a/"), 0u);
  world->Release(second_, true);
  ASSERT_EQ(Stage(), AppResult::kUpdateStaged);
  ExpectWhole(phone_, first_, 1);
  ASSERT_EQ(phone_.Apply().result, AppResult::kInstalled);
  ExpectWhole(phone_, second_, 2);
  EXPECT_NE(phone_.properties().at("PostURL").find(second_), std::string::npos);
  EXPECT_EQ(Stage(), AppResult::kUpToDate);
}

TEST_F(AppUpdateTest, WhoTriesBuildsGetsThemUnreleased) {
  phone_.SetProperty("cc-update-target", "build");
  EXPECT_EQ(Stage(), AppResult::kUpdateStaged);
}

TEST_F(AppUpdateTest, OnlyWhatHasChangedIsFetched) {
  world->Release(second_, true);
  Stage();
  // The strings of the two builds are the same.
  EXPECT_EQ(fetched_, (std::vector<std::string>{"suite", "media-suite", "form-one", kImageId}));
}

TEST_F(AppUpdateTest, AConnectionThatIsCutLeavesTheOldBuildAndIsResumed) {
  world->Release(second_, true);
  int cuts = 0;
  world->Break(kImagePart, [&](const std::string& target) {
    ++cuts;
    return DownloadCut(world->server().origin(), target, kBeforeTheCut);
  });
  EXPECT_EQ(Stage(), AppResult::kNetworkFailure);
  EXPECT_EQ(cuts, 4) << "once, and three times more";
  ExpectWhole(phone_, first_, 1);
  EXPECT_FALSE(phone_.partial().empty());
  world->Mend();
  ASSERT_EQ(Stage(), AppResult::kUpdateStaged);
  EXPECT_EQ(fetched_, std::vector<std::string>{kImageId}) << "the rest was there already";
  ASSERT_EQ(phone_.Apply().result, AppResult::kInstalled);
  ExpectWhole(phone_, second_, 2);
}

TEST_F(AppUpdateTest, AServerThatIsKilledLeavesTheOldBuildAndIsResumed) {
  const auto third = world->Import(3, kLargeImageBytes);
  world->Release(third, true);
  bool is_dead = false, came_whole = false;
  world->Break(kImagePart, [&](const std::string& target) -> std::optional<phones::FetchAnswer> {
    if (is_dead) return phones::FetchAnswer();
    is_dead = true;
    auto answer = DownloadInterrupted(world->server().origin(), target, kBeforeTheCut,
                                      [] { world->server().ShootDown(); });
    came_whole = answer.kind == phones::FetchAnswer::Kind::kAnswer;
    return answer;
  });
  EXPECT_EQ(Stage(), AppResult::kNetworkFailure);
  EXPECT_TRUE(is_dead && !came_whole);
  EXPECT_EQ(phone_.version(), 1);
  EXPECT_NE(phone_.FindForm("http://outpost.example/tests/visit"), nullptr);
  world->Mend();
  EXPECT_EQ(Stage(), AppResult::kNetworkFailure) << "the server is gone";
  world->KillAndStart();
  ExpectWhole(phone_, first_, 1);
  ASSERT_EQ(Stage(), AppResult::kUpdateStaged);
  EXPECT_EQ(fetched_, std::vector<std::string>{kImageId});
  ASSERT_EQ(phone_.Apply().result, AppResult::kInstalled);
  ExpectWhole(phone_, third, 3);
}

TEST_F(AppUpdateTest, AMissingFileLeavesTheOldBuildAndThrowsTheRestAway) {
  world->Release(second_, true);
  world->Break(kImagePart, [](const std::string&) {
    RawClient client(world->server().origin());
    Call call;
    call.target = "/hq/multimedia/file/CommCareImage/0/dot.png";
    const auto got = client.Send(call);
    phones::FetchAnswer answer;
    answer.kind = phones::FetchAnswer::Kind::kAnswer;
    answer.status = got.status;
    for (const auto& [name, value] : got.headers) answer.headers.Add(name, value);
    return answer;
  });
  EXPECT_EQ(Stage(), AppResult::kMissingResourcesWithMessage);
  EXPECT_TRUE(phone_.partial().empty());
  ExpectWhole(phone_, first_, 1);
  world->Mend();
  ASSERT_EQ(Stage(), AppResult::kUpdateStaged);
  EXPECT_EQ(fetched_.size(), 4u) << "begun anew";
  phone_.Apply();
  ExpectWhole(phone_, second_, 2);
}

TEST_F(AppUpdateTest, ANewerReleaseReplacesAnUpdateThatWasInterrupted) {
  world->Release(second_, true);
  world->Break(kImagePart, [](const std::string&) { return phones::FetchAnswer(); });
  EXPECT_EQ(Stage(), AppResult::kNetworkFailure);
  world->Mend();
  const auto third = world->Import(3);
  world->Release(third, true);
  ASSERT_EQ(Stage(), AppResult::kUpdateStaged);
  phone_.Apply();
  ExpectWhole(phone_, third, 3);
}

TEST_F(AppUpdateTest, AReleaseTakenBackDoesNotDowngrade) {
  world->Release(second_, true);
  Stage();
  phone_.Apply();
  world->Release(second_, false);
  EXPECT_EQ(Stage(), AppResult::kUpToDate);
  ExpectWhole(phone_, second_, 2);
  auto other = world->NewPhone();
  ASSERT_TRUE(other.Install(world->ProfileUrl("app-of-tests") + "?latest=true").is_success());
  EXPECT_EQ(other.version(), 1) << "who installs now gets what is released";
}

TEST_F(AppUpdateTest, ADeletedAppLeavesThePhoneAsItIs) {
  world->Delete(true);
  EXPECT_EQ(Stage(), AppResult::kMissingResources);
  EXPECT_EQ(phone_.version(), 1);
  EXPECT_NE(phone_.Content(kImageId), nullptr);
  EXPECT_EQ(world->NewPhone().Install(world->ProfileUrl(first_)).result,
            AppResult::kMissingResources);
  world->Delete(false);
  EXPECT_EQ(Stage(), AppResult::kUpToDate);
  world->Release(second_, true);
  EXPECT_EQ(Stage(), AppResult::kUpdateStaged);
}

TEST_F(AppUpdateTest, AnArchiveInstallsWithoutTheNetAndIsUpdatedOverIt) {
  world->TakeAsked();
  const auto archive = phones::UnpackArchive(world->Download(first_, "CommCare.ccz"));
  auto offline = world->NewPhone();
  const auto installed = offline.InstallArchive(archive);
  ASSERT_EQ(installed.result, AppResult::kInstalled) << installed.resource << installed.told;
  EXPECT_EQ(world->TakeAsked(), std::vector<std::string>{});
  ExpectWhole(offline, first_, 1);
  EXPECT_EQ(phone_.InstallArchive(archive).result, AppResult::kInstalled) << "over the same app";
  world->Release(second_, true);
  ASSERT_EQ(offline.StageUpdate().result, AppResult::kUpdateStaged);
  ASSERT_EQ(offline.Apply().result, AppResult::kInstalled);
  ExpectWhole(offline, second_, 2);
  const auto newer = phones::UnpackArchive(world->Download(second_, "CommCare.ccz"));
  ASSERT_EQ(phone_.StageArchive(newer).result, AppResult::kUpdateStaged);
  phone_.Apply();
  ExpectWhole(phone_, second_, 2);
}

int Main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 3) {
    std::fputs("usage: app_update_test PROGRAM sqlite|postgresql\n", stderr);
    return 2;
  }
  std::string database;
  if (std::string(argv[2]) == "postgresql") {
    auto* server = sql_testing::ScratchPostgresql::Shared();
    if (server == nullptr) return kSkipped;
    database = server->NewDatabase();
  }
  AppWorld the_world(argv[1], database);
  world = &the_world;
  const int result = RUN_ALL_TESTS();
  the_world.server().Stop();
  return result;
}

}  // namespace
}  // namespace outpost::tests

int main(int argc, char** argv) {
  try {
    return outpost::tests::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
