#include "services/web/pages/login_page.h"

#include <gtest/gtest.h>

namespace outpost::web {
namespace {

TEST(LocalNext, TakesPathsOfThisServerOnly) {
  EXPECT_EQ(LocalNext("/a/demo/"), "/a/demo/");
  EXPECT_EQ(LocalNext("/a/demo/apps/?x=1&y=%2F"), "/a/demo/apps/?x=1&y=%2F");
  for (const auto* other :
       {"", "a/demo/", "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\/evil",
        "/a\r\nSet-Cookie: x=y", "/a b", "/\t/evil.example", "javascript:alert(1)", "/\xc3\xa9"}) {
    EXPECT_EQ(LocalNext(other), "/homepage/") << other;
  }
}

TEST(LocalNext, HasSoManyBytesAndNotOneMore) {
  const std::string longest = "/" + std::string(kNextBytesMax - 1, 'x');
  EXPECT_EQ(LocalNext(longest), longest);
  EXPECT_EQ(LocalNext(longest + "x"), "/homepage/");
}

TEST(WantsPage, IsABrowserWithoutCredentials) {
  http::Request request;
  EXPECT_FALSE(WantsPage(request));
  request.headers.Set("Accept", "*/*");
  EXPECT_FALSE(WantsPage(request));
  request.headers.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
  EXPECT_TRUE(WantsPage(request));
  request.headers.Set("Authorization", "Basic eDp5");
  EXPECT_FALSE(WantsPage(request));
}

}  // namespace
}  // namespace outpost::web
