#include <gtest/gtest.h>

#include <fstream>
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
using State = SpooledBytes::State;

constexpr const char* kGet = "GET /growing HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::chrono::milliseconds kSoon{300};
/// More than the buffers between server and client hold.
constexpr std::int64_t kLargeBytes = 32LL << 20;

/// A route whose answer the test makes, piece by piece.
struct Growing : TestServer {
  std::shared_ptr<SpooledBytes> bytes;

  Growing() {
    bytes = std::make_shared<SpooledBytes>(folder.path());
    router.Add(Method::kGet, "/growing", {.name = "growing"}, [this](Request&) {
      Response response;
      response.headers.Add("Content-Type", "text/xml");
      response.body = GrowingBody{bytes};
      return response;
    });
  }
  std::int64_t connection_count() {
    return static_cast<std::int64_t>(metrics.GaugeOf("outpost.http.connections").value());
  }
  bool IsLeftAlone() {
    for (int i = 0; i < 500 && connection_count() > 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return connection_count() == 0;
  }
};

std::size_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return resident * 4096;
}

TEST(GrowingBody, IsSentInChunksAsItComesAndTheConnectionIsKept) {
  Growing test;
  test.bytes->Share();
  test.Start();
  RawConnection connection(test.address());
  connection.Send(kGet);
  const auto head = connection.ReadUntil("\r\n\r\n");
  EXPECT_EQ(StatusOf(head), 200) << "the head does not wait for the first byte";
  EXPECT_NE(head.find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
  test.bytes->Append("seventeen letters");
  EXPECT_EQ(connection.ReadUntil("letters"), "11\r\nseventeen letters");
  test.bytes->Append("!");
  EXPECT_EQ(connection.ReadUntil("!"), "\r\n1\r\n!");
  EXPECT_EQ(connection.ReadToEnd(kSoon), "") << "not yet the end";
  EXPECT_FALSE(connection.has_ended());
  test.bytes->End(true);
  EXPECT_EQ(connection.ReadUntil("\r\n0\r\n\r\n"), "\r\n0\r\n\r\n");
  connection.Send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(connection.ReadToEnd().ends_with("\r\n\r\nhello"));
}

TEST(GrowingBody, ThatIsWholeHasALength) {
  for (const bool is_in_file : {false, true}) {
    Growing test;
    test.bytes->Append("all of it");
    if (is_in_file) {
      test.bytes->Share();
      test.bytes->End(true);
    }
    test.Start();
    const auto answer = test.NewClient().Send(Method::kGet, "/growing");
    EXPECT_EQ(answer.headers.Find("Content-Length"), "9");
    EXPECT_FALSE(answer.headers.Find("Transfer-Encoding"));
    EXPECT_EQ(answer.body, "all of it");
  }
}

TEST(GrowingBody, WithoutAByteIsAnEmptyAnswer) {
  Growing test;
  test.bytes->Share();
  test.Start();
  RawConnection connection(test.address());
  connection.Send("GET /growing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  connection.ReadUntil("\r\n\r\n");
  test.bytes->End(true);
  EXPECT_EQ(connection.ReadToEnd(), "0\r\n\r\n");
}

TEST(GrowingBody, ThatIsCutOffEndsTheConnectionWithoutTheLastChunk) {
  Growing test;
  test.bytes->Share();
  test.bytes->Append("a part");
  test.Start();
  RawConnection connection(test.address());
  connection.Send(kGet);
  connection.ReadUntil("a part");
  test.bytes->End(false);
  EXPECT_EQ(connection.ReadToEnd(), "") << "no last chunk";
  EXPECT_TRUE(connection.has_ended() || connection.was_reset());
  // Our own client takes it for a failure too; also one that comes when it is over.
  EXPECT_THROW(test.NewClient().Send(Method::kGet, "/growing"), Problem);
}

TEST(GrowingBody, EndsForOldClientsWithTheConnection) {
  Growing test;
  test.bytes->Share();
  test.bytes->Append("a part");
  test.Start();
  RawConnection whole(test.address());
  whole.Send("GET /growing HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n");
  const auto head = whole.ReadUntil("\r\n\r\n");
  EXPECT_EQ(head.find("Transfer-Encoding"), std::string::npos);
  EXPECT_NE(head.find("Connection: close"), std::string::npos);
  EXPECT_EQ(whole.ReadUntil("a part"), "a part");
  test.bytes->Append(" and the rest");
  test.bytes->End(true);
  EXPECT_EQ(whole.ReadToEnd(), " and the rest");
  EXPECT_TRUE(whole.has_ended() && !whole.was_reset());
}

TEST(GrowingBody, ThatIsCutOffEndsForOldClientsWithAReset) {
  Growing test;
  test.bytes->Share();
  test.bytes->Append("a part");
  test.Start();
  RawConnection cut(test.address());
  cut.Send("GET /growing HTTP/1.0\r\nHost: x\r\n\r\n");
  cut.ReadUntil("a part");
  test.bytes->End(false);
  cut.ReadToEnd();
  EXPECT_TRUE(cut.was_reset());
}

TEST(GrowingBody, AHeadRequestIsNotKeptWaiting) {
  Growing test;
  test.bytes->Share();
  test.Start();
  RawConnection connection(test.address());
  connection.Send("HEAD /growing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto answer = connection.ReadToEnd();
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_NE(answer.find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
  test.bytes->End(true);
}

TEST(GrowingBody, ASlowReaderHoldsNeitherTheMakerNorMemoryAndGetsEverything) {
  Growing test;
  test.bytes->Share();
  test.Start();
  RawConnection connection(test.address());
  connection.Send("GET /growing HTTP/1.0\r\nHost: x\r\n\r\n");
  connection.ReadUntil("\r\n\r\n");
  const auto before = ResidentBytes();
  const std::string piece(1 << 20, 'p');
  for (std::int64_t made = 0; made < kLargeBytes; made += 1 << 20) test.bytes->Append(piece);
  test.bytes->End(true);  // and nobody has read any of it
  EXPECT_LT(ResidentBytes(), before + (8u << 20));
  EXPECT_EQ(static_cast<std::int64_t>(connection.ReadToEnd().size()), kLargeBytes);
}

TEST(GrowingBody, ManyClientsShareOneAndEachMayLeaveAnyTime) {
  Growing test;
  test.bytes->Share();
  test.bytes->Append("begin");
  test.Start();
  RawConnection stays(test.address());
  {
    RawConnection leaves(test.address()), never_reads(test.address());
    for (auto* one : {&stays, &leaves, &never_reads}) one->Send(kGet);
    stays.ReadUntil("begin");
    leaves.ReadUntil("begin");
  }
  const std::string piece(1 << 20, 'p');
  for (int i = 0; i < 8; ++i) test.bytes->Append(piece);
  for (int i = 0; i < 500 && test.connection_count() > 1; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(test.connection_count(), 1) << "those that left are let go while it grows";
  test.bytes->End(true);
  EXPECT_GT(stays.ReadUntil("\r\n0\r\n\r\n").size(), 8u << 20);
}

TEST(GrowingBody, OneThatNobodyGoesOnMakingEndsAtTheTimeForAnswers) {
  Growing test;
  test.options.limits.write_time = std::chrono::seconds(1);
  test.bytes->Share();
  test.bytes->Append("a part");
  test.Start();
  RawConnection connection(test.address());
  connection.Send(kGet);
  connection.ReadUntil("a part");
  EXPECT_EQ(connection.ReadToEnd(), "");
  EXPECT_TRUE(connection.has_ended() || connection.was_reset());
  EXPECT_TRUE(test.IsLeftAlone());
  test.bytes->Append("too late");
  test.bytes->End(true);
}

TEST(GrowingBody, AStopLetsItEndWithinTheGrace) {
  Growing test;
  test.bytes->Share();
  test.bytes->Append("a part");
  test.Start();
  RawConnection connection(test.address());
  connection.Send(kGet);
  connection.ReadUntil("a part");
  std::thread stopper([&test] { test.server->Stop(std::chrono::seconds(10)); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  test.bytes->Append(" and the rest");
  test.bytes->End(true);
  EXPECT_TRUE(connection.ReadToEnd().ends_with(" and the rest\r\n0\r\n\r\n"));
  stopper.join();
}

TEST(GrowingBody, AStopWithoutGraceCutsItOff) {
  Growing test;
  test.bytes->Share();
  test.bytes->Append("a part");
  test.Start();
  RawConnection connection(test.address());
  connection.Send(kGet);
  connection.ReadUntil("a part");
  test.server.reset();
  test.bytes->Append(" and the rest");
  test.bytes->End(true);
  EXPECT_EQ(connection.ReadToEnd().find("\r\n0\r\n"), std::string::npos);
  EXPECT_TRUE(connection.has_ended() || connection.was_reset());
}

}  // namespace
}  // namespace outpost::http
