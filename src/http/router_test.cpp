#include "http/router.h"

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

Router RouterOf(const std::vector<std::pair<Method, std::string>>& patterns) {
  Router router;
  for (const auto& pattern : patterns) {
    router.Add(pattern.first, pattern.second, {.name = pattern.second},
               [](Request&) { return Response(); });
  }
  return router;
}

Router Receiver() {
  return RouterOf({{Method::kPost, "/a/{domain}/receiver/api"},
                   {Method::kPost, "/a/{domain}/receiver/secure"},
                   {Method::kPost, "/a/{domain}/receiver/secure/{app}"},
                   {Method::kPost, "/a/{domain}/receiver/{app}"},
                   {Method::kPost, "/a/{domain}/receiver"},
                   {Method::kGet, "/a/{domain}/phone/restore"},
                   {Method::kDelete, "/a/{domain}/phone/restore"},
                   {Method::kGet, "/static/{rest...}"},
                   {Method::kGet, "/"}});
}

struct Case {
  std::string name;
  Method method;
  std::string path;
  std::string pattern;  // "" for none
  std::vector<std::string> captures;
};

class RouterFind : public testing::TestWithParam<Case> {};

TEST_P(RouterFind, Decides) {
  const Router router = Receiver();
  const auto match = router.Find(GetParam().method, GetParam().path);
  EXPECT_EQ(match.route == nullptr ? "" : match.route->pattern, GetParam().pattern);
  EXPECT_EQ(match.captures, GetParam().captures);
}

INSTANTIATE_TEST_SUITE_P(
    Paths, RouterFind,
    testing::ValuesIn(std::vector<Case>{
        {"api_comes_before_an_app_id",
         Method::kPost,
         "/a/demo/receiver/api",
         "/a/{domain}/receiver/api",
         {"demo"}},
        {"a_final_slash_changes_nothing",
         Method::kPost,
         "/a/demo/receiver/api/",
         "/a/{domain}/receiver/api",
         {"demo"}},
        {"another_word_is_an_app_id",
         Method::kPost,
         "/a/demo/receiver/6b2f/",
         "/a/{domain}/receiver/{app}",
         {"demo", "6b2f"}},
        {"secure_without_an_app",
         Method::kPost,
         "/a/demo/receiver/secure/",
         "/a/{domain}/receiver/secure",
         {"demo"}},
        {"secure_with_an_app",
         Method::kPost,
         "/a/demo/receiver/secure/6b2f",
         "/a/{domain}/receiver/secure/{app}",
         {"demo", "6b2f"}},
        {"an_encoded_letter_is_the_letter",
         Method::kPost,
         "/a/demo/receiver/%61pi",
         "/a/{domain}/receiver/api",
         {"demo"}},
        {"an_encoded_slash_stays_in_its_capture",
         Method::kPost,
         "/a/demo/receiver/x%2Fapi",
         "/a/{domain}/receiver/{app}",
         {"demo", "x/api"}},
        {"a_capture_is_never_empty", Method::kPost, "/a//receiver", "", {}},
        {"two_final_slashes_are_another_path", Method::kPost, "/a/demo/receiver//", "", {}},
        {"a_longer_path_is_another_path", Method::kPost, "/a/demo/receiver/x/y", "", {}},
        {"case_counts", Method::kPost, "/A/demo/receiver", "", {}},
        {"head_is_served_by_get",
         Method::kHead,
         "/a/demo/phone/restore",
         "/a/{domain}/phone/restore",
         {"demo"}},
        {"rest_takes_all_that_is_left",
         Method::kGet,
         "/static/js/app.js",
         "/static/{rest...}",
         {"js/app.js"}},
        {"rest_may_be_nothing", Method::kGet, "/static/", "/static/{rest...}", {""}},
        {"the_root_is_a_path", Method::kGet, "/", "/", {}},
        {"no_leading_slash_is_no_path", Method::kGet, "static/x", "", {}},
    }),
    [](const auto& test) { return test.param.name; });

TEST(Router, NamesTheMethodsThatAPathHas) {
  const Router router = Receiver();
  EXPECT_EQ(router.Find(Method::kGet, "/a/demo/receiver/").allowed, "POST");
  EXPECT_EQ(router.Find(Method::kPut, "/a/demo/phone/restore").allowed, "DELETE, GET, HEAD");
  EXPECT_EQ(router.Find(Method::kPut, "/nowhere").allowed, "");
}

TEST(Router, AMethodOfALaterRouteIsFoundBehindAnEarlierPattern) {
  const Router router =
      RouterOf({{Method::kGet, "/a/{domain}/api"}, {Method::kPost, "/a/{domain}/{anything}"}});
  const auto match = router.Find(Method::kPost, "/a/demo/api");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->pattern, "/a/{domain}/{anything}");
}

TEST(Router, TheEarlierRouteWinsAlsoWhenItIsTheVaguerOne) {
  const Router router = RouterOf({{Method::kGet, "/x/{rest...}"}, {Method::kGet, "/x/exact"}});
  EXPECT_EQ(router.Find(Method::kGet, "/x/exact").route->pattern, "/x/{rest...}");
}

TEST(Router, APathAtTheLimitOfSegmentsIsRoutedAndALongerOneIsNot) {
  const Router router = RouterOf({{Method::kGet, "/{rest...}"}});
  std::string path;
  for (std::size_t i = 0; i < Router::kSegmentsMax; ++i) path += "/x";
  EXPECT_NE(router.Find(Method::kGet, path).route, nullptr);
  EXPECT_EQ(router.Find(Method::kGet, path + "/x").route, nullptr);
}

}  // namespace
}  // namespace outpost::http
