#include "operations/loadtest/app_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>

#include "base/problem.h"
#include "operations/loadtest/app_report.h"
#include "operations/loadtest/testing/scripted_server.h"

namespace outpost::loadtest {
namespace {

using testing::HasSubstr;

std::string Answer(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " x\r\nDate: Tue, 03 Jun 2025 10:00:00 GMT\r\n" +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string PathOf(const std::string& request) {
  const auto from = request.find(' ') + 1;
  return request.substr(from, request.find(' ', from) - from);
}

AppLoadOptions OptionsFor(const ScriptedServer& server) {
  AppLoadOptions options;
  options.address = "127.0.0.1";
  options.port = server.port();
  options.host = "127.0.0.1";
  options.clients = 5;
  options.files = {{AppFileKind::kProfile, "/p"},
                   {AppFileKind::kSuite, "/s"},
                   {AppFileKind::kMedia, "/m"},
                   {AppFileKind::kMedia, "/n"}};
  return options;
}

TEST(AppLoad, EveryPhoneAsksForEveryFileOnce) {
  std::map<std::string, int> asked;
  ScriptedServer server([&](int, const std::string& request) {
    ++asked[PathOf(request)];
    return Answer(200, "four");
  });
  const auto options = OptionsFor(server);
  auto result = RunAppLoad(options, {});
  EXPECT_EQ(result.installed, 5u);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_EQ(result.part(AppFileKind::kMedia).answered, 10u);
  EXPECT_EQ(result.part(AppFileKind::kMedia).body_bytes, 40u);
  EXPECT_EQ(result.part(AppFileKind::kProfile).wholes.size(), 5u);
  for (const auto& file : options.files) EXPECT_EQ(asked[file.target], 5) << file.target;
  EXPECT_TRUE(Passed(options, result));
  EXPECT_THAT(TextOf(options, result, {}), HasSubstr("5 of 5 phones"));
  EXPECT_THAT(JsonOf(options, result, {}), HasSubstr("\"installed\":5"));
}

TEST(AppLoad, AFileThatFailsIsAskedForThreeTimesMore) {
  ScriptedServer server([](int, const std::string& request) {
    return PathOf(request) == "/m" ? Answer(500, "") : Answer(200, "x");
  });
  auto options = OptionsFor(server);
  options.clients = 1;
  const auto result = RunAppLoad(options, {});
  EXPECT_EQ(result.installed, 0u);
  EXPECT_EQ(result.failed, 1u);
  EXPECT_EQ(result.errors.at("500"), 4u);
  EXPECT_FALSE(Passed(options, result));
}

TEST(AppLoad, PhonesCanBeginOneAfterTheOther) {
  ScriptedServer server([](int, const std::string&) { return Answer(200, "x"); });
  auto options = OptionsFor(server);
  options.within_micros = 500'000;
  const auto result = RunAppLoad(options, {});
  EXPECT_EQ(result.installed, 5u);
  EXPECT_GE(result.elapsed_micros, 400'000) << "the fifth begins then";
}

TEST(AppLoad, ALostConnectionIsOpenedAgain) {
  ScriptedServer server(
      [](int number, const std::string&) { return number == 2 ? "" : Answer(200, "x"); });
  auto options = OptionsFor(server);
  options.clients = 1;
  const auto result = RunAppLoad(options, {});
  EXPECT_EQ(result.installed, 1u);
  EXPECT_EQ(result.errors.at("connection lost"), 1u);
}

/// An app whose own addresses are of another host.
std::string FileOf(const std::string& path) {
  if (path == "/d/profile.ccpr") {
    return "<profile version='1' uniqueid='a'><suite><resource id='s' version='1'>"
           "<location authority='local'>./suite.xml</location>"
           "<location authority='remote'>https://phones.example/d/suite.xml</location>"
           "</resource></suite></profile>";
  }
  if (path == "/d/suite.xml") {
    return "<suite version='1'><locale language='default'><resource id='t' version='1'>"
           "<location authority='remote'>./default.txt</location></resource></locale>"
           "<media path='../../x'><resource id='later' version='1' lazy='true'>"
           "<location authority='remote'>./x.png</location></resource></media></suite>";
  }
  return path == "/d/default.txt" ? "a=b\n" : "";
}

TEST(AppLoad, ThePlanIsWhatAPhoneAsksFor) {
  ScriptedServer server([](int, const std::string& request) {
    const auto body = FileOf(PathOf(request));
    return Answer(body.empty() ? 404 : 200, body);
  });
  const auto origin = "http://127.0.0.1:" + std::to_string(server.port());
  const auto plan = PlanInstall(origin, "/d/profile.ccpr");
  ASSERT_EQ(plan.size(), 3u);
  EXPECT_EQ(plan[0].kind, AppFileKind::kProfile);
  EXPECT_EQ(plan[1].target, "/d/suite.xml");
  EXPECT_EQ(plan[2].kind, AppFileKind::kStrings);
  EXPECT_EQ(plan[2].target, "/d/default.txt");
  EXPECT_THROW(PlanInstall(origin, "/d/none.ccpr"), Problem);
}

TEST(ServerMemory, IsReadFromTheSystem) {
  const auto own = MemoryOf(::getpid());
  ASSERT_TRUE(own);
  EXPECT_GT(own->resident_bytes, 1'000'000);
  EXPECT_LE(own->own_bytes, own->resident_bytes);
  EXPECT_FALSE(MemoryOf(-1));
  EXPECT_FALSE(ServerProcess("/nonexistent/admin.sock"));
}

}  // namespace
}  // namespace outpost::loadtest
