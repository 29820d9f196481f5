#include "services/web/api/case_v2_view.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/problem.h"

namespace outpost::web {
namespace {

using boost::json::parse;

cases::Case Beth() {
  cases::Case c;
  c.case_id = "c1";
  c.type = "player";
  c.name = "Beth";
  c.external_id = "1";
  c.owner_id = "home";
  c.opened_on = Instant{0};
  c.modified_on = Instant{1};
  c.server_modified_on = {2};
  c.indexed_on = {3};
  c.properties = {{"sport", {"chess", false}},
                  {"dob", {"1948-11-02", false}},
                  {"odd", {R"({"@a":"1"})", true}},
                  {"case_name", {"imported", false}}};
  c.indices = {{"parent", "c0", "household", "child"}};
  return c;
}

boost::json::value Shown(const QueryParameters& query) {
  return parse(RenderCaseV2(Beth(), "demo", ReadFieldSelection(query)));
}

TEST(CaseV2View, ShowsTheWholeObject) {
  EXPECT_EQ(Shown({{"limit", "5"}, {"fields", ""}}), parse(R"({
    "domain": "demo", "case_id": "c1", "case_type": "player", "case_name": "Beth",
    "external_id": "1", "owner_id": "home", "date_opened": "1970-01-01T00:00:00.000000Z",
    "last_modified": "1970-01-01T00:00:00.000001Z",
    "server_last_modified": "1970-01-01T00:00:00.000002Z",
    "indexed_on": "1970-01-01T00:00:00.000003Z", "date_closed": null, "closed": false,
    "properties": {"sport": "chess", "dob": "1948-11-02", "odd": "{\"@a\":\"1\"}"},
    "indices": {"parent": {"case_id": "c0", "case_type": "household", "relationship": "child"}}})"));
}

struct SelectionCase {
  const char* what;
  QueryParameters query;
  const char* shown;
};

TEST(CaseV2View, ShowsOnlyTheFieldsThatWereAskedFor) {
  const SelectionCase cases[] = {
      {"fields and a part",
       {{"fields", "case_id"}, {"fields.properties", "dob"}},
       R"({"case_id": "c1", "properties": {"dob": "1948-11-02"}})"},
      {"a path",
       {{"fields", "closed, properties.dob"}},
       R"({"closed": false, "properties": {"dob": "1948-11-02"}})"},
      {"repeated",
       {{"fields", "closed"}, {"fields", "case_id"}},
       R"({"closed": false, "case_id": "c1"})"},
      {"what is not there", {{"fields.properties", "none"}}, R"({"properties": {}})"},
      {"below a text", {{"fields", "case_id.x,closed"}}, R"({"closed": false})"},
      {"an index",
       {{"fields", "indices.parent"}},
       R"({"indices": {"parent":
           {"case_id": "c0", "case_type": "household", "relationship": "child"}}})"},
      {"part of an index",
       {{"fields.indices", "parent.case_id"}},
       R"({"indices": {"parent": {"case_id": "c0"}}})"},
      {"a name that only begins alike", {{"fields", "case,closed"}}, R"({"closed": false})"},
  };
  for (const auto& one : cases) EXPECT_EQ(Shown(one.query), parse(one.shown)) << one.what;
}

TEST(CaseV2View, LeavesOutWhatIsExcluded) {
  const auto shown = Shown({{"exclude", "properties.dob,domain,case_id.x"},
                            {"exclude.indices", "parent.relationship"}})
                         .as_object();
  EXPECT_FALSE(shown.contains("domain"));
  EXPECT_EQ(shown.at("case_id"), "c1");
  EXPECT_FALSE(shown.at("properties").as_object().contains("dob"));
  EXPECT_EQ(shown.at("properties").at("sport"), "chess");
  EXPECT_EQ(shown.at("indices"),
            parse(R"({"parent": {"case_id": "c0", "case_type": "household"}})"));
  EXPECT_FALSE(Shown({{"exclude", "properties"}}).as_object().contains("properties"));
}

TEST(CaseV2View, FieldsAndExcludeDoNotGoTogether) {
  EXPECT_THROW(ReadFieldSelection({{"fields", "a"}, {"exclude.properties", "b"}}), Problem);
}

TEST(CaseV2View, KnowsItsParameters) {
  for (const auto* name : {"fields", "exclude", "fields.properties", "exclude.indices"}) {
    EXPECT_TRUE(IsFieldParameter(name)) << name;
  }
  for (const auto* name : {"field", "fieldsx", "fields.", "properties.fields", ""}) {
    EXPECT_FALSE(IsFieldParameter(name)) << name;
  }
}

TEST(CaseV2View, ACaseThatIsNotThereIsAStubWhateverWasAskedFor) {
  std::string text;
  json::Writer out(text);
  const FieldSelection only{FieldSelection::Mode::kOnly, {"case_name"}};
  EXPECT_FALSE(WriteFoundV2(out, std::nullopt, "demo", only, {"external_id", "x"}));
  EXPECT_EQ(parse(text), parse(R"({"external_id": "x", "error": "not found"})"));
  auto deleted = Beth();
  deleted.is_deleted = true;
  std::string other;
  json::Writer again(other);
  EXPECT_FALSE(WriteFoundV2(again, deleted, "demo", {}, {"case_id", "c1"}));
}

}  // namespace
}  // namespace outpost::web
