#include "domain/cases/case_views.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace outpost::cases {
namespace {

using boost::json::object;

Instant At(std::string_view text) { return *ParseDateOrDateTime(text); }

Case Example() {
  Case c;
  c.case_id = "c1";
  c.type = "patient";
  c.name = "Ann";
  c.owner_id = "loc-12";
  c.opened_on = At("2024-01-01");
  c.opened_by = "u1";
  c.modified_on = At("2024-01-02T08:00:00Z");
  c.modified_by = "u2";
  c.server_modified_on = At("2024-01-03");
  c.indexed_on = At("2024-01-04");
  c.properties["age"] = {"31", false};
  c.properties["photo"] = {R"({"@src":"a.jpg"})", true};
  c.indices = {{"parent", "9f1c", "household", "child"}};
  return c;
}

TEST(ApiCase, ShowsTheFieldsThatClientsRead) {
  const CaseHistory history{{"f1", "f2"}, At("2024-01-01T09:05:00Z")};
  EXPECT_EQ(boost::json::parse(RenderApiCase(Example(), "demo", history)), boost::json::parse(R"({
    "id": "c1", "case_id": "c1", "domain": "demo", "user_id": "u2", "opened_by": "u1",
    "closed_by": null, "closed": false, "date_closed": null,
    "date_modified": "2024-01-02T08:00:00.000000Z",
    "server_date_modified": "2024-01-03T00:00:00.000000Z",
    "server_date_opened": "2024-01-01T09:05:00.000000Z",
    "indexed_on": "2024-01-04T00:00:00.000000Z", "xform_ids": ["f1", "f2"],
    "properties": {"age": "31", "photo": {"@src": "a.jpg"}, "case_name": "Ann",
      "case_type": "patient", "date_opened": "2024-01-01T00:00:00.000000Z", "external_id": "",
      "owner_id": "loc-12"},
    "indices": {"parent": {"case_id": "9f1c", "case_type": "household", "relationship": "child"}},
    "attachments": {}, "resource_uri": ""})"));
}

TEST(ApiCase, ShowsAClosedCase) {
  Case c = Example();
  c.is_closed = true;
  c.closed_on = At("2024-01-05");
  c.closed_by = "u3";
  const auto shown = boost::json::parse(RenderApiCase(c, "demo", {})).as_object();
  EXPECT_TRUE(shown.at("closed").as_bool());
  EXPECT_EQ(shown.at("date_closed"), "2024-01-05T00:00:00.000000Z");
  EXPECT_EQ(shown.at("closed_by"), "u3");
  EXPECT_TRUE(shown.at("server_date_opened").is_null());
}

/// boost::json keeps the last of equal keys, so duplicates must be looked for in the text.
std::size_t Occurrences(const std::string& text, const std::string& key) {
  std::size_t count = 0;
  for (auto at = text.find('"' + key + "\":"); at != std::string::npos;
       at = text.find('"' + key + "\":", at + 1)) {
    ++count;
  }
  return count;
}

TEST(ApiCase, WritesNoKeyTwiceWhateverThePropertiesAreCalled) {
  Case c = Example();
  for (const auto* name : {"case_name", "date_opened", "external_id"}) {
    c.properties[name] = {"imported", false};
  }
  const std::string text = RenderApiCase(c, "demo", {});
  for (const auto* name : {"case_name", "date_opened", "external_id"}) {
    EXPECT_EQ(Occurrences(text, name), 1u) << name;
  }
  EXPECT_EQ(text.find("imported"), std::string::npos) << "the field wins";
}

TEST(CaseDocument, LetsFieldsWinOverPropertiesOfTheirNameAndKeepsThoseInCaseJson) {
  Case c = Example();
  c.properties["type"] = {"own", false};
  const std::string text = RenderCaseDocument(c, "demo", {}, {}, {});
  const object shown = boost::json::parse(text).as_object();
  EXPECT_EQ(shown.at("type"), "patient");
  EXPECT_EQ(shown.at("age"), "31");
  EXPECT_EQ(shown.at("case_json").at("type"), "own");
  EXPECT_EQ(shown.at("doc_type"), "CommCareCase");
  EXPECT_EQ(shown.at("_id"), "c1");
  EXPECT_EQ(shown.at("modified_by"), shown.at("user_id"));
  EXPECT_TRUE(shown.at("location_id").is_null());
  EXPECT_EQ(shown.at("indices"), boost::json::parse(R"([{"case_id": "c1", "identifier": "parent",
              "referenced_id": "9f1c", "referenced_type": "household", "relationship": "child"}])"));
}

TEST(CaseDocument, HasEveryFieldOfTheSpecification) {
  const object shown =
      boost::json::parse(RenderCaseDocument(Example(), "demo", {}, {}, {})).as_object();
  for (const auto* name :
       {"_id",         "doc_type",  "case_id",   "domain",     "type",
        "name",        "owner_id",  "opened_on", "opened_by",  "modified_on",
        "modified_by", "user_id",   "closed",    "closed_on",  "server_modified_on",
        "closed_by",   "deleted",   "case_json", "indices",    "external_id",
        "location_id", "xform_ids", "actions",   "backend_id", "case_attachments"}) {
    EXPECT_TRUE(shown.contains(name)) << name;
  }
}

TEST(CaseDocument, ListsTransactionsThatCountAndNamesDeletedCases) {
  Case c = Example();
  c.is_deleted = true;
  Transaction form, revoked, rebuild;
  form.server_date = At("2024-01-01T09:05:00Z");
  form.client_date = At("2024-01-01T09:00:00Z");
  form.sync_log_id = "s1";
  revoked.is_revoked = true;
  rebuild.server_date = At("2024-02-01");
  const object shown =
      boost::json::parse(
          RenderCaseDocument(c, "demo", {{"f1"}, {}}, {form, revoked, rebuild}, {"f1", "f2", ""}))
          .as_object();
  EXPECT_EQ(shown.at("doc_type"), "CommCareCase-Deleted");
  EXPECT_EQ(shown.at("xform_ids"), boost::json::parse(R"(["f1"])"));
  EXPECT_EQ(shown.at("actions"), boost::json::parse(R"([
    {"xform_id": "f1", "server_date": "2024-01-01T09:05:00.000000Z",
     "date": "2024-01-01T09:00:00.000000Z", "sync_log_id": "s1"},
    {"xform_id": null, "server_date": "2024-02-01T00:00:00.000000Z", "date": null,
     "sync_log_id": null}])"));
}

}  // namespace
}  // namespace outpost::cases
