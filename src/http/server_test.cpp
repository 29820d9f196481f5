#include "http/server.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/problem.h"
#include "base/text.h"
#include "format/deflate/gzip.h"
#include "http/detail/answer.h"
#include "http/detail/server_fixture.h"

namespace outpost::http {
namespace {

using detail::RawConnection;
using detail::StatusOf;
using detail::TestServer;

constexpr const char* kHello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr const char* kHelloAndClose =
    "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

std::string Chunked(const std::string& path, const std::string& chunks) {
  return "POST " + path + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
}

TEST(Server, AnswersWithTheHeadersThatEveryAnswerHas) {
  TestServer test;
  test.Start();
  auto client = test.NewClient();
  const auto answer = client.Send(Method::kGet, "/hello");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_EQ(answer.headers.Find("Date"), "Tue, 14 Nov 2023 22:13:20 GMT");
  EXPECT_EQ(answer.headers.Find("X-Content-Type-Options"), "nosniff");
  EXPECT_TRUE(answer.headers.Find("X-Request-Id"));
  EXPECT_NE(client.Send(Method::kGet, "/hello").headers.Find("X-Request-Id"),
            answer.headers.Find("X-Request-Id"));
}

TEST(Server, WhatARouteHasInMemoryIsSentWithoutAWorker) {
  TestServer test;
  RouteOptions options;
  options.name = "quick";
  options.quick = [](const Request& request) -> std::optional<Response> {
    if (request.captures.at(0) != "known") return std::nullopt;
    return Response::Text(200, "from memory");
  };
  test.router.Add(Method::kGet, "/quick/{name}", options,
                  [](Request&) { return Response::Text(200, "from a worker"); });
  test.Start();
  auto client = test.NewClient();
  EXPECT_EQ(client.Send(Method::kGet, "/quick/known").body, "from memory");
  EXPECT_EQ(client.Send(Method::kGet, "/quick/other").body, "from a worker");
  const std::string get = "GET /quick/known HTTP/1.1\r\nHost: x\r\n";
  const auto in_a_row = test.Exchange(get + "\r\n" + get + "Connection: close\r\n\r\n");
  EXPECT_EQ(detail::CountAnswers(in_a_row), 2);
  const auto head =
      test.Exchange("HEAD /quick/known HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 11"), std::string::npos);
  EXPECT_EQ(head.find("from memory"), std::string::npos);
  const auto with_body = test.Exchange(
      "GET /quick/known HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
      "Connection: close\r\n\r\nx");
  EXPECT_NE(with_body.find("from a worker"), std::string::npos);
}

TEST(Server, ItsOwnRefusalsHaveTheDateToo) {
  TestServer test;
  test.options.limits.head_bytes = 1000;
  test.Start();
  const std::vector<std::pair<int, std::string>> cases = {
      {400, "nonsense\r\n\r\n"},
      {404, "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"},
      {405, "PUT /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"},
      {413, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000001\r\n\r\n"},
      {415, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"},
      {431, "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(1000, 'x') + "\r\n\r\n"},
      {501, "BREW /pot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"},
  };
  for (const auto& refused : cases) {
    RawConnection connection(test.address());
    connection.Send(refused.second);
    const std::string answer = connection.ReadToEnd(std::chrono::milliseconds(500));
    EXPECT_EQ(StatusOf(answer), refused.first) << answer;
    EXPECT_NE(answer.find("\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n"), std::string::npos);
    EXPECT_NE(answer.find("\r\nX-Request-Id: "), std::string::npos);
    EXPECT_TRUE(connection.has_ended()) << refused.first;
  }
}

TEST(Server, AWrongMethodIsToldTheRightOnes) {
  TestServer test;
  test.Start();
  const auto answer = test.NewClient().Send(Method::kPost, "/hello");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.Find("Allow"), "GET, HEAD");
}

TEST(Server, APostWithAndWithoutFinalSlashIsAnsweredInPlace) {
  TestServer test;
  test.Start();
  auto client = test.NewClient();
  EXPECT_EQ(client.Send(Method::kPost, "/echo", {}, "form").body, "form");
  EXPECT_EQ(client.Send(Method::kPost, "/echo/", {}, "form").body, "form");
}

TEST(Server, HeadIsGetWithoutTheBody) {
  TestServer test;
  test.Start();
  RawConnection connection(test.address());
  connection.Send("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto answer = connection.ReadToEnd();
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_NE(answer.find("Content-Length: 5\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  TestServer test;
  test.Start();
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const std::string body = std::to_string(i);
    all += "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }
  const std::string answers = test.Exchange(all + kHelloAndClose);
  EXPECT_EQ(detail::CountAnswers(answers), 51);
  std::size_t at = 0;
  for (int i = 0; i < 50; ++i) {
    at = answers.find("\r\n\r\n" + std::to_string(i) + "HTTP", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST(Server, ARequestThatArrivesByteByByteIsARequest) {
  TestServer test;
  test.Start();
  RawConnection connection(test.address());
  for (const char c : Chunked("/echo", "3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n")) {
    connection.Send({&c, 1});
  }
  EXPECT_NE(connection.ReadUntil("abc").find(" 200 "), std::string::npos);
}

TEST(Server, OldClientsGetTheirConnectionClosedUnlessTheyAsk) {
  TestServer test;
  test.Start();
  const auto closed = test.Exchange("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(StatusOf(closed), 200);
  EXPECT_NE(closed.find("Connection: close"), std::string::npos);
  RawConnection kept(test.address());
  kept.Send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(kept.ReadUntil("hello").find("Connection: keep-alive"), std::string::npos);
  kept.Send(kHello);
  EXPECT_EQ(StatusOf(kept.ReadUntil("hello")), 200);
}

TEST(Server, TheRequestSaysWhoAskedForWhat) {
  TestServer test;
  test.options.trusted_proxies = {"127.0.0.0/8"};
  test.router.Add(Method::kGet, "/a/{domain}/x", {.name = "x"}, [](Request& request) {
    return Response::Text(200, request.captures[0] + '|' + request.path + '|' + request.host + '|' +
                                   request.remote_address + '|' +
                                   std::string(*request.QueryValue("q")) + '|' +
                                   (request.is_secure ? "secure" : "open"));
  });
  test.Start();
  const auto answer = test.Exchange(
      "GET http://site.example/a/d%2Fe/x/?q=1&q=2 HTTP/1.1\r\nHost: other\r\n"
      "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("d/e|/a/d/e/x/|site.example|198.51.100.1|2|secure")) << answer;
}

TEST(Server, AnswersMayComeLaterAndFromAnyThread) {
  TestServer test;
  std::vector<std::thread> threads;
  std::mutex mutex;
  test.router.AddAsync(Method::kGet, "/later", {.name = "later"},
                       [&](Request& request, Responder responder) {
                         const std::lock_guard lock(mutex);
                         threads.emplace_back([&request, to = std::move(responder)]() mutable {
                           std::this_thread::sleep_for(std::chrono::milliseconds(20));
                           to.Send(Response::Text(200, "later " + request.path));
                         });
                       });
  test.Start();
  auto client = test.NewClient();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.Send(Method::kGet, "/later").body, "later /later");
  for (auto& thread : threads) thread.join();
}

TEST(Server, WhatAHandlerThrowsBecomesAnAnswerWithoutItsDetail) {
  TestServer test;
  test.router.Add(Method::kGet, "/gone", {.name = "gone"}, [](Request&) -> Response {
    throw Problem(ProblemKind::kNotFound, "No such form.", "secret detail");
  });
  test.router.Add(Method::kGet, "/a/{d}/api/gone", {.name = "gone"}, [](Request&) -> Response {
    throw Problem(ProblemKind::kBusy, "Say \"please\".");
  });
  test.router.Add(Method::kGet, "/bug", {.name = "bug"},
                  [](Request&) -> Response { throw std::runtime_error("secret"); });
  test.router.AddAsync(Method::kGet, "/forgotten", {.name = "forgotten"},
                       [](Request&, Responder) {});
  test.Start();
  auto client = test.NewClient();
  const auto gone = client.Send(Method::kGet, "/gone");
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.body, "No such form.\n");
  const auto api = client.Send(Method::kGet, "/a/demo/api/gone");
  EXPECT_EQ(api.status, 503);
  EXPECT_EQ(api.body, R"({"error": "Say \"please\"."})");
  EXPECT_FALSE(api.headers.Find("Retry-After")) << "API clients misread it";
  const auto bug = client.Send(Method::kGet, "/bug");
  EXPECT_EQ(bug.status, 500);
  EXPECT_EQ(bug.body.find("secret"), std::string::npos);
  EXPECT_NE(bug.body.find(*bug.headers.Find("X-Request-Id")), std::string::npos);
  EXPECT_EQ(client.Send(Method::kGet, "/forgotten").status, 500);
}

TEST(Server, ARendererShapesRefusalsAndMayFail) {
  TestServer test;
  test.renderer = [](const Request& request, const std::exception_ptr&) {
    if (request.path == "/worse") throw std::runtime_error("renderer");
    return Response::Html(404, "<p>page</p>");
  };
  test.Start();
  auto client = test.NewClient();
  EXPECT_EQ(client.Send(Method::kGet, "/nowhere").body, "<p>page</p>");
  EXPECT_EQ(client.Send(Method::kGet, "/worse").status, 500);
}

TEST(Server, LargeTextsAreCompressedForThoseWhoAccept) {
  TestServer test;
  const auto add = [&test](const std::string& path, std::size_t size, const std::string& type) {
    test.router.Add(Method::kGet, path, {.name = "text"}, [size, type](Request&) {
      return Response::Text(200, std::string(size, 'x'), type);
    });
  };
  add("/small", detail::kCompressBytesMin - 1, "text/xml");
  add("/large", detail::kCompressBytesMin, "text/xml; charset=utf-8");
  add("/image", detail::kCompressBytesMin, "image/jpeg");
  test.Start();
  auto client = test.NewClient();
  Headers accepts;
  accepts.Add("Accept-Encoding", "gzip, deflate");
  EXPECT_FALSE(client.Send(Method::kGet, "/small", accepts).headers.Find("Content-Encoding"));
  EXPECT_FALSE(client.Send(Method::kGet, "/image", accepts).headers.Find("Content-Encoding"));
  EXPECT_FALSE(client.Send(Method::kGet, "/large").headers.Find("Content-Encoding"));
  const auto answer = client.Send(Method::kGet, "/large", accepts);
  EXPECT_EQ(answer.headers.Find("Content-Encoding"), "gzip");
  EXPECT_EQ(answer.headers.Find("Vary"), "Accept-Encoding");
  std::string text;
  deflate::Gunzip gunzip;
  gunzip.Feed(answer.body, [&text](std::string_view piece) {
    text += piece;
    return true;
  });
  EXPECT_EQ(text, std::string(detail::kCompressBytesMin, 'x'));
}

TEST(Server, PartOfAFileIsSentFromTheFile) {
  TestServer test;
  test.router.Add(Method::kGet, "/file", {.name = "file"}, [](Request&) {
    std::FILE* file = std::tmpfile();
    const std::string bytes = "skip" + std::string(3'000'000, 'f') + "not this";
    EXPECT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
    std::fflush(file);
    const int copy = ::dup(::fileno(file));
    std::fclose(file);
    Response response;
    response.body = FileBody(copy, 4, 3'000'000);
    return response;
  });
  test.Start();
  auto client = test.NewClient();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client.Send(Method::kGet, "/file").body, std::string(3'000'000, 'f'));
  }
}

TEST(Server, AHeaderValueCannotForgeAnotherHeader) {
  TestServer test;
  test.router.Add(Method::kGet, "/set", {.name = "set"}, [](Request&) {
    auto response = Response::Text(200, "x");
    response.headers.Add("Location", "/a\r\nSet-Cookie: stolen");
    response.headers.Add("Date", "yesterday");
    response.headers.Add("Content-Length", "99");
    return response;
  });
  test.Start();
  const auto answer = test.NewClient().Send(Method::kGet, "/set");
  EXPECT_FALSE(answer.headers.Find("Set-Cookie"));
  EXPECT_EQ(answer.headers.Find("Location"), "/a  Set-Cookie: stolen");
  EXPECT_EQ(answer.headers.Find("Date"), "Tue, 14 Nov 2023 22:13:20 GMT");
  EXPECT_EQ(answer.body, "x");
}

TEST(Server, TheAdminSocketIsPrivateAndServesItsOwnRoutesOnly) {
  TestServer test;
  test.options.admin_socket = test.folder.path() / "admin.sock";
  test.admin.Add(Method::kGet, "/status", {.name = "status"}, [](Request& request) {
    return Response::Text(200, request.is_local_socket ? "local" : "remote");
  });
  test.Start();
  struct stat socket {};
  ASSERT_EQ(::stat(test.options.admin_socket.c_str(), &socket), 0);
  EXPECT_EQ(socket.st_mode & 0777u, 0600u);
  Client client("unix:" + test.options.admin_socket.string());
  EXPECT_EQ(client.Send(Method::kGet, "/status").body, "local");
  EXPECT_EQ(client.Send(Method::kGet, "/hello").status, 404);
  EXPECT_EQ(test.NewClient().Send(Method::kGet, "/status").status, 404);
  test.server->Stop(std::chrono::seconds(1));
  EXPECT_FALSE(std::filesystem::exists(test.options.admin_socket));
}

TEST(Server, CountsRequestsAndConnections) {
  TestServer test;
  test.Start();
  {
    auto client = test.NewClient();
    client.Send(Method::kGet, "/hello");
    client.Send(Method::kGet, "/nowhere");
    EXPECT_EQ(test.metrics.GaugeOf("outpost.http.connections").value(), 1);
  }
  const std::string text = test.metrics.RenderPrometheus();
  EXPECT_NE(text.find("outpost_http_requests_total{route=\"hello\",status=\"2xx\"} 1"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("outpost_http_requests_total{route=\"none\",status=\"4xx\"} 1"),
            std::string::npos);
  EXPECT_NE(text.find("outpost_http_duration_count{route=\"hello\"} 1"), std::string::npos);
}

TEST(Server, LogsOneLinePerRequestWithTheRouteAndNothingPersonal) {
  for (const bool is_on : {true, false}) {
    testing::internal::CaptureStderr();
    {
      TestServer test;
      test.options.log_requests = is_on;
      test.router.Add(Method::kGet, "/user/{name}", {.name = "user"},
                      [](Request&) { return Response::Text(200, "hello"); });
      test.Start();
      test.Exchange(
          "GET /user/asha?phone=123 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic c2VjcmV0\r\n"
          "Connection: close\r\n\r\n");
    }
    const std::string log = testing::internal::GetCapturedStderr();
    if (!is_on) {
      EXPECT_EQ(log, "");
      continue;
    }
    EXPECT_NE(log.find(R"("event":"http.request","id":)"), std::string::npos) << log;
    EXPECT_NE(log.find(R"("method":"GET","route":"user","status":200,"bytes_in":)"),
              std::string::npos)
        << log;
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1);
    for (const char* personal : {"asha", "phone=", "c2VjcmV0", "127.0.0.1"}) {
      EXPECT_EQ(log.find(personal), std::string::npos) << log;
    }
  }
}

TEST(Server, AnAddressInUseIsToldWithARemedy) {
  TestServer first;
  first.Start();
  TestServer second;
  second.options.listeners = {{first.address(), false}};
  try {
    second.Start();
    FAIL() << "both listen on " << first.address();
  } catch (const Problem& problem) {
    EXPECT_NE(std::string(problem.told()).find("another program uses it"), std::string::npos);
  }
}

TEST(Server, SeveralIoThreadsShareTheConnections) {
  TestServer test;
  test.options.io_threads = 3;
  test.Start();
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&test, &right] {
      auto client = test.NewClient();
      for (int k = 0; k < 50; ++k) {
        const std::string body(static_cast<std::size_t>(k) * 300, 'b');
        right += client.Send(Method::kPost, "/echo", {}, body).body == body ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right.load(), 400);
}

}  // namespace
}  // namespace outpost::http
