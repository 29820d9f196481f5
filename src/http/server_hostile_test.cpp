#include <gtest/gtest.h>

#include <ostream>

#include "http/detail/request_reader.h"
#include "http/detail/server_fixture.h"

/// What two parsers could understand in two ways (request smuggling) is refused with 400 and the
/// connection closed: nothing behind it is taken for a request.
namespace outpost::http {
namespace {

using detail::CountAnswers;
using detail::StatusOf;
using detail::TestServer;

struct Case {
  std::string name;
  std::string bytes;
  friend void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }
};

class Hostile : public testing::TestWithParam<Case> {};

const std::string kNul(1, '\0');

TEST_P(Hostile, IsRefusedAndTheConnectionClosed) {
  TestServer test;
  test.Start();
  const std::string answer =
      test.Exchange(GetParam().bytes + "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(StatusOf(answer), 400) << answer;
  EXPECT_EQ(CountAnswers(answer), 1) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

std::string Post(const std::string& fields, const std::string& body) {
  return "POST /echo HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + body;
}

INSTANTIATE_TEST_SUITE_P(
    Requests, Hostile,
    testing::ValuesIn(std::vector<Case>{
        {"length_and_chunked",
         Post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {"chunked_and_length",
         Post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n")},
        {"two_lengths", Post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc")},
        {"the_same_length_twice", Post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")},
        {"a_list_of_lengths", Post("Content-Length: 3, 4\r\n", "abc")},
        {"a_negative_length", Post("Content-Length: -3\r\n", "abc")},
        {"a_signed_length", Post("Content-Length: +3\r\n", "abc")},
        {"a_hexadecimal_length", Post("Content-Length: 0x3\r\n", "abc")},
        {"a_length_beyond_64_bits", Post("Content-Length: 99999999999999999999\r\n", "abc")},
        {"an_empty_length", Post("Content-Length: \r\n", "abc")},
        {"two_encodings",
         Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {"gzip_then_chunked", Post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
        {"an_unknown_encoding", Post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")},
        {"chunked_in_1_0",
         "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"a_folded_header", "GET /hello HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n"},
        {"a_folded_length", Post("Content-Length:\r\n 3\r\n", "abc")},
        {"a_nul_in_a_value", "GET /hello HTTP/1.1\r\nHost: x\r\nX: a" + kNul + "b\r\n\r\n"},
        {"a_nul_in_the_target", "GET /hel" + kNul + "lo HTTP/1.1\r\nHost: x\r\n\r\n"},
        {"a_blank_before_the_colon", Post("Content-Length : 3\r\n", "abc")},
        {"a_header_without_a_name", "GET /hello HTTP/1.1\r\nHost: x\r\n: v\r\n\r\n"},
        {"a_header_without_a_colon", "GET /hello HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n"},
        {"a_bare_line_feed", "GET /hello HTTP/1.1\nHost: x\n\n\r\n\r\n"},
        {"a_bare_carriage_return", "GET /hello HTTP/1.1\r\nHost: x\rX: y\r\n\r\n"},
        {"no_host", "GET /hello HTTP/1.1\r\n\r\n"},
        {"two_hosts", "GET /hello HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"},
        {"another_version", "GET /hello HTTP/2.0\r\nHost: x\r\n\r\n"},
        {"no_version", "GET /hello\r\n\r\n"},
        {"a_greeting_of_http_2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {"a_greeting_of_tls", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"},
        {"a_star_target", "GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"},
        {"a_chunk_without_a_size",
         Post("Transfer-Encoding: chunked\r\n", "xyz\r\nabc\r\n0\r\n\r\n")},
        {"a_negative_chunk", Post("Transfer-Encoding: chunked\r\n", "-3\r\nabc\r\n0\r\n\r\n")},
        {"a_chunk_size_beyond_64_bits",
         Post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nabc\r\n0\r\n\r\n")},
        {"a_chunk_longer_than_it_says",
         Post("Transfer-Encoding: chunked\r\n", "3\r\nabcd\r\n0\r\n\r\n")},
        {"a_chunk_size_with_a_prefix",
         Post("Transfer-Encoding: chunked\r\n", "0x3\r\nabc\r\n0\r\n\r\n")},
        {"an_endless_chunk_extension",
         Post("Transfer-Encoding: chunked\r\n", "3;" + std::string(200'000, 'x') + "\r\n")},
        {"endless_trailers", Post("Transfer-Encoding: chunked\r\n",
                                  "0\r\nX: " + std::string(200'000, 'x') + "\r\n\r\n")},
    }),
    [](const auto& test) { return test.param.name; });

TEST(Lenient, TrailersChunkExtensionsAndEmptyLinesBeforeARequestAreRead) {
  TestServer test;
  test.Start();
  const std::string answer = test.Exchange(
      Post("Transfer-Encoding: Chunked\r\n", "3;a=b\r\nabc\r\n0\r\nChecksum: 99\r\n\r\n") +
      "\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(CountAnswers(answer), 2) << answer;
  EXPECT_NE(answer.find("\r\n\r\nabc"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("hello"));
}

TEST(Lenient, AChunkedBodyMayComeByteByByte) {
  for (const std::string body :
       {"0\r\n\r\n", "0\r\nT: 1\r\n\r\n", "3\r\nabc\r\n0\r\nT: 1\r\n\r\n"}) {
    const detail::Spool spool("/nonexistent", 0);
    detail::BodySink sink(spool, 100, false, std::nullopt);
    detail::RequestReader reader(4'096);
    Request request;
    const auto head = Post("Transfer-Encoding: chunked\r\n", "");
    std::string_view unread = head;
    ASSERT_EQ(reader.ReadHead(unread, request), detail::RequestReader::State::kDone);
    std::string pending;
    auto state = detail::RequestReader::State::kMore;
    for (const char byte : body) {
      ASSERT_EQ(state, detail::RequestReader::State::kMore);
      pending += byte;
      unread = pending;
      state = reader.ReadBody(unread, sink);
      pending.erase(0, pending.size() - unread.size());
    }
    EXPECT_EQ(state, detail::RequestReader::State::kDone) << body;
    EXPECT_TRUE(pending.empty());
  }
}

TEST(Lenient, AClientThatLeavesInTheMiddleLeavesNothingBehind) {
  TestServer test;
  test.Start();
  for (const std::string& part :
       {std::string("GET /he"), Post("Content-Length: 100\r\n", "abc"),
        Post("Content-Length: 200000\r\n", std::string(100'000, 'x')), std::string()}) {
    detail::RawConnection connection(test.address());
    connection.Send(part);
  }
  auto client = test.NewClient();
  EXPECT_EQ(client.Send(Method::kGet, "/hello").status, 200);
  auto& connections = test.metrics.GaugeOf("outpost.http.connections");
  for (int i = 0; i < 500 && connections.value() > 1; ++i) client.Send(Method::kGet, "/hello");
  EXPECT_EQ(connections.value(), 1);
}

}  // namespace
}  // namespace outpost::http
