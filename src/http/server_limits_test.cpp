#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <future>
#include <thread>

#include "base/clock.h"
#include "base/text.h"
#include "format/deflate/gzip.h"
#include "http/detail/server_fixture.h"

namespace outpost::http {
namespace {

using detail::RawConnection;
using detail::StatusOf;
using detail::TestServer;

constexpr std::size_t kEchoMax = 1'000'000;  // of the fixture's route

std::string Post(std::size_t length, const std::string& more = {}) {
  return "POST /echo HTTP/1.1\r\nHost: x\r\n" + more + "Content-Length: " + std::to_string(length) +
         "\r\n\r\n";
}

constexpr const char* kChunkedHead =
    "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string ChunkOf(const std::string& bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

std::size_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return resident * 4096;
}

TEST(ServerLimits, ABodyAtTheLimitIsTakenAndOneByteMoreIsNot) {
  TestServer test;
  test.Start();
  auto client = test.NewClient();
  EXPECT_EQ(client.Send(Method::kPost, "/echo", {}, std::string(kEchoMax, 'x')).body.size(),
            kEchoMax);
  EXPECT_EQ(client.Send(Method::kPost, "/echo", {}, std::string(kEchoMax + 1, 'x')).status, 413);
}

TEST(ServerLimits, AnAnnouncedLengthOverTheLimitIsRefusedBeforeTheBody) {
  TestServer test;
  test.Start();
  RawConnection connection(test.address());
  connection.Send(Post(kEchoMax + 1));
  EXPECT_EQ(StatusOf(connection.ReadToEnd()), 413);
}

TEST(ServerLimits, AChunkedBodyIsRefusedWhenItPassesTheLimit) {
  TestServer test;
  test.Start();
  RawConnection connection(test.address());
  connection.Send(kChunkedHead + ChunkOf(std::string(kEchoMax, 'x')) + ChunkOf("y"));
  EXPECT_EQ(StatusOf(connection.ReadToEnd()), 413);
  RawConnection fits(test.address());
  fits.Send(kChunkedHead + ChunkOf(std::string(kEchoMax, 'x')) + "0\r\n\r\n");
  EXPECT_EQ(StatusOf(fits.ReadToEnd(std::chrono::milliseconds(500))), 200);
}

TEST(ServerLimits, ARefusedUploaderReadsTheAnswerAndNoReset) {
  TestServer test;
  test.Start();
  RawConnection connection(test.address());
  connection.Send(kChunkedHead);
  const std::string chunk = ChunkOf(std::string(100'000, 'x'));
  // Far more than fits into the buffers between: somebody must be reading.
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(connection.Send(chunk)) << i;
  EXPECT_EQ(StatusOf(connection.ReadToEnd(std::chrono::milliseconds(500))), 413);
  EXPECT_FALSE(connection.was_reset());
}

TEST(ServerLimits, AnEndlessBodyIsCutOffInBoundedMemory) {
  TestServer test;
  test.router.Add(Method::kPost, "/upload", {.name = "upload", .body_bytes_max = 50 << 20},
                  [](Request&) { return Response::Text(201, "stored"); });
  test.Start();
  const std::size_t before = ResidentBytes();
  RawConnection connection(test.address());
  connection.Send("POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = ChunkOf(std::string(1 << 20, 'x'));
  int taken = 0;
  while (taken < 2'000 && connection.Send(chunk)) ++taken;
  EXPECT_GE(taken, 50);
  EXPECT_LT(taken, 200) << "the rest of a refused body is read over only up to a limit";
  EXPECT_EQ(StatusOf(connection.ReadToEnd()), 413);
  EXPECT_LT(ResidentBytes() - std::min(before, ResidentBytes()), 40u << 20);
}

TEST(ServerLimits, BodiesUpTo64KiBStayInMemoryAndLargerOnesAreFiles) {
  TestServer test;
  test.router.Add(Method::kPost, "/where", {.name = "where"}, [](Request& request) {
    return Response::Text(200, request.body.in_memory() ? "memory" : "file");
  });
  test.Start();
  auto client = test.NewClient();
  const std::string fits(kBodyInMemoryBytesMax, 'x');
  EXPECT_EQ(client.Send(Method::kPost, "/where", {}, fits).body, "memory");
  EXPECT_EQ(client.Send(Method::kPost, "/where", {}, fits + "x").body, "file");
  EXPECT_TRUE(std::filesystem::is_empty(test.folder.path())) << "files have no name";
}

TEST(ServerLimits, GzipBodiesAreDecodedAndLimitedByTheirDecodedSize) {
  TestServer test;
  test.Start();
  auto client = test.NewClient();
  Headers gzip;
  gzip.Add("Content-Encoding", "gzip");
  const auto post = [&](const std::string& body) {
    return client.Send(Method::kPost, "/echo", gzip, body);
  };
  EXPECT_EQ(post(deflate::Gzip("<data/>")).body, "<data/>");
  EXPECT_EQ(post(deflate::Gzip(std::string(kEchoMax, 'x'))).body.size(), kEchoMax);
  EXPECT_EQ(post(deflate::Gzip(std::string(kEchoMax + 1, 'x'))).status, 413);
  EXPECT_EQ(post(deflate::Gzip(std::string(200'000'000, '0'), 9)).status, 413) << "a bomb";
  EXPECT_EQ(post("no gzip").status, 400);
  const std::string cut = deflate::Gzip("<data/>");
  EXPECT_EQ(post(cut.substr(0, cut.size() - 1)).status, 400);
}

TEST(ServerLimits, AFullSpoolIsBusyUntilBodiesAreGone) {
  TestServer test;
  test.options.limits.spool_bytes = 300'000;
  test.Start();
  auto client = test.NewClient();
  const std::string fits(300'000, 'x');
  for (int i = 0; i < 3; ++i) {
    // The worker lets go of the body just after its answer has left.
    int status = 503;
    for (int k = 0; k < 100 && status == 503; ++k) {
      status = client.Send(Method::kPost, "/echo", {}, fits).status;
    }
    EXPECT_EQ(status, 200) << "the bytes of body " << i << " were not given back";
  }
  const auto answer = client.Send(Method::kPost, "/echo", {}, fits + "x");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers.Find("Retry-After"), std::to_string(kRetryAfterSeconds));
}

TEST(ServerLimits, ASpoolFolderThatIsGoneIsOurOwnFailure) {
  TestServer test;
  test.options.spool = test.folder.path() / "missing";
  test.Start();
  EXPECT_EQ(test.NewClient().Send(Method::kPost, "/echo", {}, std::string(100'000, 'x')).status,
            500);
}

TEST(ServerLimits, AWaitingClientIsToldToGoOnOrRefusedBeforeItSends) {
  TestServer test;
  test.Start();
  RawConnection connection(test.address());
  connection.Send(Post(4, "Expect: 100-continue\r\n"));
  EXPECT_EQ(connection.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.Send("form");
  EXPECT_EQ(StatusOf(connection.ReadUntil("form")), 200);
  RawConnection refused(test.address());
  refused.Send(Post(kEchoMax + 1, "Expect: 100-continue\r\n"));
  const std::string answer = refused.ReadToEnd();
  EXPECT_EQ(StatusOf(answer), 413);
  EXPECT_EQ(detail::CountAnswers(answer), 1);
}

TEST(ServerLimits, AHeadAtTheLimitIsReadAndOneByteMoreIsNot) {
  TestServer test;
  test.options.limits.head_bytes = 2'000;
  test.Start();
  const std::string lead = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ";
  const std::string tail = "\r\n\r\n";
  const std::string fits(2'000 - lead.size() - tail.size(), 'x');
  EXPECT_EQ(StatusOf(test.Exchange(lead + fits + tail)), 200);
  EXPECT_EQ(StatusOf(test.Exchange(lead + fits + "x" + tail)), 431);
}

TEST(ServerLimits, AHeadInSmallPiecesHasTheSameLimit) {
  TestServer test;
  test.options.limits.head_bytes = 2'000;
  test.Start();
  RawConnection connection(test.address());
  connection.Send("GET /hello HTTP/1.1\r\nHost: x\r\n");
  for (int i = 0; i < 300; ++i) {
    if (!connection.Send("X: 12345\r\n")) break;
    if (i % 50 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(StatusOf(connection.ReadToEnd()), 431);
}

TEST(ServerLimits, SlowSendersAreToldThatTheirTimeIsUp) {
  TestServer test;
  test.options.limits.head_time = std::chrono::seconds(1);
  test.options.limits.body_idle_time = std::chrono::seconds(1);
  test.options.limits.idle_time = std::chrono::seconds(1);
  test.Start();
  RawConnection head(test.address());
  RawConnection body(test.address());
  RawConnection silent(test.address());
  body.Send(Post(10) + "form");
  std::thread dripping([&head] {
    for (const char c : std::string("GET /hello HTTP/1.1\r\nHost: x")) {
      if (!head.Send({&c, 1})) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
    }
  });
  const auto before = SteadyMicros();
  EXPECT_EQ(StatusOf(body.ReadToEnd()), 408);
  dripping.join();
  EXPECT_EQ(StatusOf(head.ReadToEnd()), 408);
  EXPECT_EQ(silent.ReadToEnd(), "");
  EXPECT_TRUE(silent.has_ended());
  EXPECT_LT(SteadyMicros() - before, 4'000'000);
}

TEST(ServerLimits, ABodyThatDripsForEverEndsAtTheBodyTime) {
  TestServer test;
  test.options.limits.body_time = std::chrono::seconds(1);
  test.Start();
  RawConnection connection(test.address());
  connection.Send(Post(1'000));
  for (int i = 0; i < 15; ++i) {
    connection.Send("x");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(StatusOf(connection.ReadToEnd()), 408);
}

TEST(ServerLimits, AFullQueueIsBusyAndTheConnectionGoesOn) {
  TestServer test;
  test.options.limits.queue_requests = 1;
  test.options.web_threads = 1;
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  test.router.Add(Method::kGet, "/slow", {.name = "slow"}, [gate](Request&) {
    gate.wait();
    return Response::Text(200, "done");
  });
  test.router.Add(Method::kGet, "/phone", {.name = "phone", .group = Group::kMobile},
                  [](Request&) { return Response::Text(200, "phone"); });
  test.Start();
  RawConnection running(test.address());
  RawConnection waiting(test.address());
  running.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  waiting.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  auto client = test.NewClient();
  const auto refused = client.Send(Method::kGet, "/hello");
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.headers.Find("Retry-After"));
  EXPECT_EQ(client.Send(Method::kGet, "/phone").status, 200) << "phones never wait for pages";
  open.set_value();
  EXPECT_EQ(StatusOf(running.ReadUntil("done")), 200);
  EXPECT_EQ(StatusOf(waiting.ReadUntil("done")), 200);
  EXPECT_EQ(client.Send(Method::kGet, "/hello").status, 200);
}

TEST(ServerLimits, ConnectionsOverTheLimitAreClosedAtOnce) {
  TestServer test;
  test.options.limits.connections = 2;
  test.Start();
  auto first = test.NewClient();
  auto second = test.NewClient();
  EXPECT_EQ(first.Send(Method::kGet, "/hello").status, 200);
  EXPECT_EQ(second.Send(Method::kGet, "/hello").status, 200);
  RawConnection third(test.address());
  EXPECT_EQ(third.ReadToEnd(), "");
  EXPECT_TRUE(third.has_ended() || third.was_reset());
  EXPECT_EQ(first.Send(Method::kGet, "/hello").status, 200);
}

}  // namespace
}  // namespace outpost::http
