#include <boost/json.hpp>

#include "base/problem.h"
#include "cli/serve/fault_door.h"
#include "store/sql/testing/fault_vfs.h"

namespace outpost::cli {

std::string PrepareFaultVfs() {
  sql_testing::RegisterFaultVfsFromEnvironment();
  return sql_testing::kFaultVfsName;
}

void AddFaultDoor(http::Router& router) {
  router.Add(http::Method::kPost, "/admin/test.fault", {"admin/test"}, [](http::Request& request) {
    const auto body = request.body.bytes();
    const auto arguments = boost::json::parse({body.data(), body.size()});
    const auto& rule = arguments.at("rule").as_string();
    const auto hits = sql_testing::FaultsHit();
    sql_testing::SetFaultPlan(sql_testing::ParseFaultPlan({rule.data(), rule.size()}));
    return http::Response::Json(200, "{\"hits\": " + std::to_string(hits) + "}");
  });
}

}  // namespace outpost::cli
