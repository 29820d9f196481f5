#include "operations/health/health.h"

#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "operations/health/probe.h"
#include "operations/health/process_metrics.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::health {
namespace {

class HealthRoutesTest : public ::testing::Test {
 protected:
  HealthRoutesTest()
      : database_(sql::Database::Open({(folder_.path() / "outpost.db").string()})),
        writer_(*database_, clock_, metrics_),
        context_{*database_, writer_, metrics_, clock_, {folder_.path()}, "host-1", "", {}, {}} {
    std::filesystem::create_directories(context_.paths.blobs());
  }

  http::Response Get(std::string path, http::Request request = {}) {
    http::Router router;
    AddHealthRoutes(router, context_);
    const auto match = router.Find(http::Method::kGet, path);
    if (match.route == nullptr) return http::Response::Text(404, "");
    std::promise<http::Response> answer;
    match.route->handler(request, http::Responder([&](http::Response&& response) {
                           answer.set_value(std::move(response));
                         }));
    return answer.get_future().get();
  }
  static std::string BodyOf(const http::Response& response) {
    return std::get<std::string>(response.body);
  }

  sql_testing::ScratchFolder folder_;
  SystemClock clock_;
  MetricRegistry metrics_;
  std::unique_ptr<sql::Database> database_;
  sql::Writer writer_;
  HealthContext context_;
};

TEST_F(HealthRoutesTest, AServerWithEverythingBuiltInIsUp) {
  const auto response = Get("/serverup.txt");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(BodyOf(response), "success");
}

TEST_F(HealthRoutesTest, ABlobFolderThatTakesNothingIsAFailure) {
  std::filesystem::remove_all(context_.paths.blobs());
  const auto response = Get("/serverup.txt");
  EXPECT_EQ(response.status, 500);
  EXPECT_NE(BodyOf(response).find("<b>blobdb</b>: Could not save a file"), std::string::npos);
}

TEST_F(HealthRoutesTest, AnInstallationsOwnCheckTakesThePlaceOfTheEmbeddedOne) {
  context_.checks.push_back({"redis", [] { return CheckResult{false, "connection refused"}; }});
  EXPECT_EQ(Get("/serverup.txt").status, 500);
  std::ofstream(folder_.path() / kDeployFile) << "";
  EXPECT_EQ(Get("/serverup.txt").status, 200) << "a deploy excuses failures";
}

TEST_F(HealthRoutesTest, TheSmallAnswersAreAsProbesExpectThem) {
  EXPECT_EQ(Get("/up").status, 200);
  EXPECT_EQ(Get("/ready").status, 200);
  EXPECT_EQ(BodyOf(Get("/formplayer/serverup")), R"({"status":"ok"})");
}

TEST_F(HealthRoutesTest, TheCheckLeavesOneRowHoweverOftenItRuns) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Get("/serverup.txt").status, 200);
  const auto reader = database_->Read();
  const auto rows = reader->Query("SELECT COUNT(*) FROM meta WHERE name = 'serverup'");
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Int(0), 1);
}

TEST_F(HealthRoutesTest, MetricsShowTheProcess) {
  http::Request request;
  request.is_local_socket = true;
  const auto body = BodyOf(Get("/metrics", std::move(request)));
  for (const auto* name :
       {"process_resident_memory_bytes ", "process_open_fds ", "process_uptime_seconds ",
        "outpost_data_free_bytes ", "outpost_database_log_bytes "}) {
    const auto at = body.find(std::string("\n") + name);
    ASSERT_NE(at, std::string::npos) << name << " in\n" << body;
    EXPECT_GE(std::stod(body.substr(at + 1 + std::string(name).size())), 0) << name;
  }
}

struct Asker {
  std::string name;
  std::string address;
  std::vector<std::pair<std::string, std::string>> headers;
  bool may;
};

TEST_F(HealthRoutesTest, MetricsAreNotForStrangers) {
  context_.metrics_token = "letmein";
  context_.metrics_addresses = {"10.0.0.7"};
  const Asker askers[] = {
      {"this machine", "127.0.0.1", {}, true},
      {"this machine over IPv6", "::1", {}, true},
      {"somebody behind a proxy that is not trusted",
       "127.0.0.1",
       {{"X-Forwarded-For", "192.0.2.1"}},
       false},
      {"another machine", "192.0.2.1", {}, false},
      {"another machine on the list", "10.0.0.7", {}, true},
      {"another machine with the token", "192.0.2.1", {{"Authorization", "Bearer letmein"}}, true},
      {"another machine with another token", "192.0.2.1", {{"Authorization", "Bearer x"}}, false},
  };
  for (const auto& asker : askers) {
    http::Request request;
    request.remote_address = asker.address;
    for (const auto& [name, value] : asker.headers) request.headers.Add(name, value);
    EXPECT_EQ(MayReadMetrics(request, context_), asker.may) << asker.name;
  }
}

TEST_F(HealthRoutesTest, AnEmptyTokenIsNoToken) {
  http::Request request;
  request.remote_address = "192.0.2.1";
  request.headers.Add("Authorization", "Bearer ");
  EXPECT_FALSE(MayReadMetrics(request, context_));
}

TEST(DeployFlag, ExpiresByItself) {
  const sql_testing::ScratchFolder folder;
  const DataPaths paths{folder.path()};
  const Instant now = SystemClock().Now();
  EXPECT_FALSE(IsDeploying(paths, now));
  std::ofstream(folder.path() / kDeployFile) << "";
  EXPECT_TRUE(IsDeploying(paths, now));
  EXPECT_FALSE(IsDeploying(paths, now + kDeployMicrosMax + 2 * kMicrosPerSecond));
}

TEST(WriteProbe, MeasuresEveryRoundAndLeavesNothing) {
  const sql_testing::ScratchFolder folder;
  const auto probe = ProbeWrites(folder.path(), 5);
  EXPECT_EQ(probe.error, "");
  EXPECT_EQ(probe.micros.size(), 5u);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_NE(ProbeWrites(folder.path() / "absent", 1).error, "");
}

}  // namespace
}  // namespace outpost::health
