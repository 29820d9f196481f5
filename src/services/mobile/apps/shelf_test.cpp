#include "services/mobile/apps/shelf.h"

#include <gtest/gtest.h>

#include <thread>

namespace outpost::mobile {
namespace {

http::Request Asking(const std::string& target, bool accepts_gzip = true) {
  http::Request request;
  request.method = http::Method::kGet;
  request.target = target;
  if (accepts_gzip) request.headers.Add("Accept-Encoding", "gzip");
  return request;
}

http::Response File(const std::string& body, const std::string& caching = "public, max-age=60") {
  auto response = http::Response::Text(200, body);
  response.headers.Set("Cache-Control", caching);
  response.headers.Set("ETag", "\"b-1\"");
  return response;
}

std::string BodyOf(const std::optional<http::Response>& response) {
  return response ? std::get<std::string>(response->body) : "none";
}

TEST(Shelf, GivesTheSameAnswerToTheSameQuestion) {
  Shelf shelf;
  EXPECT_EQ(BodyOf(shelf.Find(Asking("/suite.xml"))), "none");
  shelf.Put(Asking("/suite.xml"), File("suite"), shelf.times_forgotten());
  const auto answer = shelf.Find(Asking("/suite.xml"));
  EXPECT_EQ(BodyOf(answer), "suite");
  EXPECT_EQ(answer->headers.Find("ETag"), "\"b-1\"");
  EXPECT_EQ(BodyOf(shelf.Find(Asking("/suite.xml?profile=p1"))), "none");
  EXPECT_EQ(BodyOf(shelf.Find(Asking("/suite.xml", false))), "none");
}

TEST(Shelf, QuestionsWithConditionsAreNotItsOwn) {
  Shelf shelf;
  shelf.Put(Asking("/suite.xml"), File("suite"), shelf.times_forgotten());
  for (const std::string header : {"Range", "If-None-Match", "If-Range"}) {
    auto request = Asking("/suite.xml");
    request.headers.Add(header, "bytes=0-1");
    EXPECT_EQ(BodyOf(shelf.Find(request)), "none") << header;
    shelf.Put(request, File("part"), shelf.times_forgotten());
  }
  EXPECT_EQ(BodyOf(shelf.Find(Asking("/suite.xml"))), "suite");
}

TEST(Shelf, WhatCachesMayNotKeepIsNotKept) {
  Shelf shelf;
  shelf.Put(Asking("/a"), File("newest", "no-cache"), shelf.times_forgotten());
  shelf.Put(Asking("/b"), http::Response::Text(404, "none"), shelf.times_forgotten());
  auto large = File("");
  large.body = http::FileBody();
  shelf.Put(Asking("/c"), large, shelf.times_forgotten());
  for (const std::string target : {"/a", "/b", "/c"}) {
    EXPECT_EQ(BodyOf(shelf.Find(Asking(target))), "none") << target;
  }
}

TEST(Shelf, AnAnswerMadeBeforeAChangeIsNotKeptAfterIt) {
  Shelf shelf;
  shelf.Put(Asking("/a"), File("old"), shelf.times_forgotten());
  const auto before = shelf.times_forgotten();
  shelf.Forget();
  EXPECT_EQ(BodyOf(shelf.Find(Asking("/a"))), "none");
  shelf.Put(Asking("/a"), File("old"), before);
  EXPECT_EQ(BodyOf(shelf.Find(Asking("/a"))), "none");
  shelf.Put(Asking("/a"), File("new"), shelf.times_forgotten());
  EXPECT_EQ(BodyOf(shelf.Find(Asking("/a"))), "new");
}

TEST(Shelf, AnswersAreGoodForASecond) {
  Shelf shelf;
  shelf.Put(Asking("/a"), File("a"), shelf.times_forgotten());
  std::this_thread::sleep_for(std::chrono::microseconds(Shelf::kFreshMicros));
  EXPECT_EQ(BodyOf(shelf.Find(Asking("/a"))), "none");
}

TEST(Shelf, HoldsSoManyBytesAndNotOneMore) {
  const std::string address = "/a";
  constexpr std::size_t kAround = Shelf::kEntryBytes + 3;  // "z/a"
  Shelf shelf;
  shelf.Put(Asking(address), File(std::string(Shelf::kBytesMax - kAround + 1, 'x')),
            shelf.times_forgotten());
  EXPECT_EQ(BodyOf(shelf.Find(Asking(address))), "none");
  shelf.Put(Asking(address), File(std::string(Shelf::kBytesMax - kAround, 'x')),
            shelf.times_forgotten());
  EXPECT_NE(BodyOf(shelf.Find(Asking(address))), "none");
  shelf.Put(Asking("/b"), File("b"), shelf.times_forgotten());
  EXPECT_EQ(BodyOf(shelf.Find(Asking(address))), "none");
  EXPECT_EQ(BodyOf(shelf.Find(Asking("/b"))), "b");
}

}  // namespace
}  // namespace outpost::mobile
