// The model's live set on the corpus (restore: live_set): what histories compare phones with.
#include "operations/phones/testing/model.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace outpost::phones::testing {
namespace {

using boost::json::object;

std::filesystem::path FileNamed(const std::string& name) {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return std::filesystem::path(set != nullptr ? set : OUTPOST_CORPUS_DEFAULT) / "restore" /
         "live_set" / name;
}

std::set<std::string> ExpectedIn(const object& graph) {
  std::set<std::string> ids;
  for (const auto& id : graph.at("expected_live").as_array()) ids.emplace(id.as_string());
  return ids;
}

PhoneCases CasesIn(const object& graph) {
  PhoneCases cases;
  for (const auto& [id, state] : graph.at("cases").as_object()) {
    auto& c = cases[std::string(id)];
    c.owner_id = state.at("owned").as_bool() ? "me" : "other";
    c.is_closed = state.at("closed").as_bool();
  }
  for (const auto& entry : graph.at("indices").as_array()) {
    const auto text = [&](const char* key) { return std::string(entry.at(key).as_string()); };
    SetIndex(cases[text("case")],
             {text("identifier"), text("target"), "", text("relationship") == "extension"});
  }
  return cases;
}

void CompareAll(const std::string& name) {
  if (!std::filesystem::exists(FileNamed(name))) {
    GTEST_SKIP() << "no conformance corpus at " << FileNamed(name) << " (set OUTPOST_CORPUS)";
  }
  std::ifstream in(FileNamed(name), std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  const auto file = boost::json::parse(text.str());
  int compared = 0;
  for (const auto& entry : file.at("cases").as_array()) {
    const auto& graph = entry.as_object();
    EXPECT_EQ(LiveSet(CasesIn(graph), {"me"}), ExpectedIn(graph)) << graph.at("name");
    EXPECT_EQ(LiveSet(CasesIn(graph), {"me"}, Dangling::kStays), ExpectedIn(graph));
    ++compared;
  }
  std::cout << name << ": " << compared << " graphs\n";
  EXPECT_GT(compared, 0);
}

TEST(LiveSet, IsThatOfTheNamedGraphs) { CompareAll("named.json"); }
TEST(LiveSet, IsThatOfTheGeneratedGraphs) { CompareAll("graphs.json"); }

TEST(Model, AFormCountsOnceAndABlankOwnerIsTheUser) {
  Model model;
  PhoneForm form;
  form.form_id = "f";
  form.user_id = "u";
  form.changes = {{.case_id = "c", .create = {{"t", "n", {}}}, .properties = {{"a", "1"}}}};
  EXPECT_TRUE(model.Commit(form));
  EXPECT_FALSE(model.Commit(form));
  EXPECT_EQ(model.cases().at("c").owner_id, "u");
  form.form_id = "g";
  form.changes = {{.case_id = "c", .owner_id = "", .properties = {{"a", "2"}}, .closes = true}};
  EXPECT_TRUE(model.Commit(form));
  EXPECT_EQ(model.cases().at("c").owner_id, "u");
  EXPECT_EQ(model.cases().at("c").properties.at("a"), "2");
  EXPECT_TRUE(model.cases().at("c").is_closed);
}

}  // namespace
}  // namespace outpost::phones::testing
