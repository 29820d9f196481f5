#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "base/clock.h"
#include "base/problem.h"
#include "http/detail/server_fixture.h"

namespace outpost::http {
namespace {

using detail::RawConnection;
using detail::StatusOf;
using detail::TestServer;

constexpr const char* kHello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(ServerStop, RunningRequestsFinishAndIdleConnectionsClose) {
  TestServer test;
  std::promise<void> started;
  std::promise<void> may_end;
  test.router.Add(Method::kGet, "/slow", {.name = "slow"}, [&](Request&) {
    started.set_value();
    may_end.get_future().wait();
    return Response::Text(200, "done");
  });
  test.Start();
  RawConnection idle(test.address());
  idle.Send(kHello);
  idle.ReadUntil("hello");
  RawConnection busy(test.address());
  busy.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  started.get_future().wait();
  std::thread stopper([&test] { test.server->Stop(std::chrono::seconds(10)); });
  EXPECT_EQ(idle.ReadToEnd(), "");
  EXPECT_TRUE(idle.has_ended());
  may_end.set_value();
  const std::string answer = busy.ReadToEnd();
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  stopper.join();
}

TEST(ServerStop, NobodyIsAcceptedAnyMore) {
  TestServer test;
  test.Start();
  const std::string address = test.address();
  test.server->Stop(std::chrono::seconds(1));
  EXPECT_THROW(Client("http://" + address).Send(Method::kGet, "/hello"), Problem);
}

TEST(ServerStop, TheGraceIsBounded) {
  TestServer test;
  test.Start();
  RawConnection half(test.address());
  half.Send("GET /hello HTT");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto before = SteadyMicros();
  test.server->Stop(std::chrono::milliseconds(200));
  EXPECT_LT(SteadyMicros() - before, 2'000'000);
  half.ReadToEnd();
  EXPECT_TRUE(half.has_ended() || half.was_reset());
}

TEST(ServerStop, AnAnswerThatComesAfterTheEndIsDropped) {
  TestServer test;
  std::promise<Responder> kept;
  test.router.AddAsync(
      Method::kGet, "/never", {.name = "never"},
      [&kept](Request&, Responder responder) { kept.set_value(std::move(responder)); });
  test.Start();
  RawConnection connection(test.address());
  connection.Send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
  Responder responder = kept.get_future().get();
  test.server.reset();
  responder.Send(Response::Text(200, "too late"));
  EXPECT_EQ(connection.ReadToEnd(), "");
}

TEST(ServerStop, AServerThatNeverStartedJustGoes) {
  TestServer test;
  Server server(test.options, test.router, test.admin, test.clock, test.metrics, nullptr);
  EXPECT_TRUE(server.addresses().empty());
}

}  // namespace
}  // namespace outpost::http
