#include "services/web/api/setup_reply.h"

#include <gtest/gtest.h>

namespace outpost::web {
namespace {

TEST(SiblingPath, KeepsTheVersionWhereTheRequestHasIt) {
  EXPECT_EQ(SiblingPath("/a/demo/api/v0.5/location/x/", "location_type", "7"),
            "/a/demo/api/v0.5/location_type/7/");
  EXPECT_EQ(SiblingPath("/a/demo/api/v0.5/location", "location", "a b"),
            "/a/demo/api/v0.5/location/a%20b/");
  EXPECT_EQ(SiblingPath("/a/demo/api/location/v1/", "location_type", "7"),
            "/a/demo/api/location_type/v1/7/");
  EXPECT_EQ(SiblingPath("/a/api/api/location/v1/x/", "location", "y"), "/a/api/api/location/v1/y/");
}

TEST(SetupPages, HoldWhatTheRequestAsksFor) {
  http::Request request;
  request.query = {{"limit", "2"}, {"offset", "1"}};
  const auto page = [&](std::size_t total) {
    const auto answer = ReplyWithPage(request, total, [](json::Writer& out, std::size_t index) {
      out.Int(static_cast<std::int64_t>(index));
    });
    return std::get<std::string>(answer.body);
  };
  EXPECT_NE(page(4).find("\"objects\":[1,2]"), std::string::npos) << page(4);
  EXPECT_NE(page(4).find("\"next\":\"?limit=2&offset=3\""), std::string::npos) << page(4);
  EXPECT_NE(page(3).find("\"next\":null"), std::string::npos) << page(3);
  EXPECT_NE(page(0).find("\"objects\":[]"), std::string::npos) << page(0);
}

}  // namespace
}  // namespace outpost::web
