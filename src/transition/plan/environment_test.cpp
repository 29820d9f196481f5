#include "transition/plan/environment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "transition/plan/detail/inventory.h"
#include "transition/plan/plan.h"

namespace outpost::plan {
namespace {

namespace fs = std::filesystem;

fs::path Sample() {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return fs::path(set == nullptr ? OUTPOST_CORPUS_DEFAULT : set) / "operations/environment" /
         "sample-monolith";
}

TEST(HqEnvironment, ReportsHostsGroupsProcessesAndDatabasesOfAFolder) {
  if (!fs::exists(Sample())) GTEST_SKIP() << "no conformance data at " << Sample();
  const auto environment = ReadHqEnvironment(Sample());
  EXPECT_EQ(environment.name, "monolith");
  EXPECT_EQ(environment.site_host, "monolith.commcarehq.test");
  ASSERT_EQ(environment.hosts.size(), 1u);
  EXPECT_EQ(environment.hosts[0].name, "localhost");
  EXPECT_GE(environment.hosts[0].groups.size(), 15u);
  EXPECT_EQ(environment.groups.at("postgresql"), std::vector<std::string>{"localhost"});
  EXPECT_TRUE(environment.groups.at("pg_standby").empty());
  EXPECT_EQ(environment.databases.size(), 4u);
  const auto count = [&](const char* kind) {
    return std::count_if(environment.processes.begin(), environment.processes.end(),
                         [kind](const HqProcess& process) { return process.kind == kind; });
  };
  EXPECT_EQ(count("celery"), 17);
  EXPECT_EQ(count("pillow"), 15);
  EXPECT_EQ(environment.remarks.size(), 2u) << ReportOf(environment);
}

TEST(HqEnvironment, BecomesTheBeginningOfAPlan) {
  if (!fs::exists(Sample())) GTEST_SKIP() << "no conformance data at " << Sample();
  const auto plan = ReadPlan(PlanDraftOf(ReadHqEnvironment(Sample())), "draft.toml");
  EXPECT_EQ(plan.environments[0].host, "monolith.commcarehq.test");
  EXPECT_EQ(plan.move.from, "monolith.commcarehq.test");
  EXPECT_EQ(plan.integrations.size(), 2u);
}

TEST(HqEnvironment, SaysWhenThereIsNoInventory) {
  EXPECT_THROW(ReadHqEnvironment("/nonexistent-folder"), Problem);
}

HqEnvironment Inventory(const std::string& text) {
  HqEnvironment environment;
  detail::ReadInventory(text, "inventory.ini", &environment);
  return environment;
}

TEST(Inventory, ResolvesChildrenAndAddresses) {
  const auto read = Inventory(
      "[web]\nw1 ansible_host=10.0.0.1 x=1\nw2 ansible_host='10.0.0.2'\n"
      "# a comment\n[all-web:children]\nweb\n[web:vars]\nfoo=bar\n");
  ASSERT_EQ(read.hosts.size(), 2u);
  EXPECT_EQ(read.hosts[0].address, "10.0.0.1");
  EXPECT_EQ(read.hosts[1].address, "10.0.0.2");
  EXPECT_EQ(read.groups.at("all-web").size(), 2u);
}

TEST(Inventory, RefusesGroupsThatContainThemselvesAndBrokenHeads) {
  EXPECT_THROW(Inventory("[a:children]\nb\n[b:children]\na\n"), Problem);
  EXPECT_THROW(Inventory("[a\n"), Problem);
  EXPECT_THROW(Inventory("[a:what]\n"), Problem);
}

}  // namespace
}  // namespace outpost::plan
