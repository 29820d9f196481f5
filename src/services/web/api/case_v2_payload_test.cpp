#include "services/web/api/case_v2_payload.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "base/problem.h"

namespace outpost::web {
namespace {

using boost::json::parse;
using intake::CaseUpdate;
using Mode = CaseUpdate::Mode;

CaseUpdate Read(const std::string& json, Mode mode = Mode::kCreate) {
  return ReadCaseUpdate(parse(json).as_object(), mode);
}

std::string Refusal(const std::string& json, Mode mode = Mode::kCreate) {
  try {
    Read(json, mode);
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kBadRequest);
    return problem.told();
  }
  return "";
}

std::string RefusalOfRows(const std::string& json) {
  try {
    ReadCaseUpdates(parse(json).as_array());
  } catch (const Problem& problem) {
    return problem.told();
  }
  return "";
}

/// A creation with this added.
std::string With(const std::string& more) {
  return R"({"case_type": "player", "case_name": "B", "owner_id": "o", )" + more + "}";
}

TEST(CaseV2Payload, ReadsEveryField) {
  const auto update = Read(With(R"("external_id": "1", "temporary_id": "t", "close": true,
      "properties": {"sport": "chess"}, "indices": {
        "a": {"case_id": "c0", "case_type": "x", "relationship": "child"},
        "b": {"external_id": "e", "case_type": "x", "relationship": "extension"},
        "c": {"temporary_id": "t", "case_type": "x", "relationship": "child"},
        "d": {}, "e": {"case_id": "", "case_type": "x"}})"));
  EXPECT_EQ(update.case_type, "player");
  EXPECT_EQ(update.case_name, "B");
  EXPECT_EQ(update.owner_id, "o");
  EXPECT_EQ(update.external_id, "1");
  EXPECT_EQ(update.temporary_id, "t");
  EXPECT_TRUE(update.closes);
  EXPECT_EQ(update.properties.size(), 1U);
  using By = intake::CaseReference::By;
  const By kinds[] = {By::kCaseId, By::kExternalId, By::kTemporaryId, By::kNothing, By::kNothing};
  ASSERT_EQ(update.indices.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(update.indices[i].to.by, kinds[i]) << i;
}

TEST(CaseV2Payload, WhatIsLeftOutOrNullStays) {
  const auto update = Read(R"({"case_id": "c1", "case_name": null, "owner_id": "", "close": null,
                               "properties": null, "indices": null})",
                           Mode::kUpdate);
  EXPECT_FALSE(update.case_name);
  EXPECT_FALSE(update.external_id);
  EXPECT_EQ(update.owner_id, "");
  EXPECT_FALSE(update.closes);
}

struct RefusalCase {
  std::string json;
  Mode mode;
  std::string told;
};

TEST(CaseV2Payload, RefusalsSayWhatClientsKnow) {
  const auto value_of = [](const std::string& text) {
    return "Error with case property 'a'. Values must be strings, received '" + text + "'";
  };
  const auto name_error = [](const std::string& name) {
    return "Error with case property '" + name +
           "'. Case property names must be valid XML identifiers.";
  };
  const RefusalCase refusals[] = {
      {With(R"("bad": 1)"), Mode::kCreate, "'bad' is not a valid field."},
      {With(R"("create": true)"), Mode::kCreate, "'create' is not a valid field."},
      {With(R"("user_id": "u")"), Mode::kCreate, "'user_id' is not a valid field."},
      {With(R"("case_id": "c", "bad": 1)"), Mode::kCreate,
       "You cannot specify case_id when creating a new case"},
      {R"({"case_type": "t", "owner_id": "o"})", Mode::kCreate, "Property case_name is required."},
      {R"({"case_name": "n", "case_type": "", "owner_id": "o"})", Mode::kCreate,
       "Property case_type is required."},
      {R"({"case_name": "n", "case_type": "t"})", Mode::kCreate, "Property owner_id is required."},
      {R"({"case_name": "n"})", Mode::kUpdate,
       "Case updates must provide either a case_id or external_id"},
      {R"({"case_id": "c", "temporary_id": "t"})", Mode::kUpdate,
       "'temporary_id' is not a valid field."},
      {R"({"external_id": "e", "case_id": "c"})", Mode::kUpsert, "'case_id' is not a valid field."},
      {R"({"case_name": "n"})", Mode::kUpsert, "Property external_id is required."},
      {With(R"("properties": {"a": 72})"), Mode::kCreate, value_of("72")},
      {With(R"("properties": {"a": 72.5})"), Mode::kCreate, value_of("72.5")},
      {With(R"("properties": {"a": 72.0})"), Mode::kCreate, value_of("72.0")},
      {With(R"("properties": {"a": true})"), Mode::kCreate, value_of("True")},
      {With(R"("properties": {"a": null})"), Mode::kCreate, value_of("None")},
      {With(R"("properties": {"full name": "x"})"), Mode::kCreate, name_error("full name")},
      {With(R"("properties": {"": "x"})"), Mode::kCreate, name_error("")},
      {With(R"("properties": {"owner_id": "x"})"), Mode::kCreate, name_error("owner_id")},
      {With(R"("properties": {"date_opened": "x"})"), Mode::kCreate, name_error("date_opened")},
      {With(R"("indices": {"my parent": {}})"), Mode::kCreate,
       "Error with index 'my parent'. Index names must be valid XML identifiers."},
      {With(R"("indices": {"p": {"case_id": "c", "external_id": "e"}})"), Mode::kCreate,
       "Indices must specify case_id, external_id, or temporary ID, and only one"},
      {With(R"("indices": {"p": {"case_id": "c", "case_type": "t"}})"), Mode::kCreate,
       "Property relationship is required when creating or updating case indices"},
      {With(R"("indices": {"p": {"case_id": "c", "relationship": "child"}})"), Mode::kCreate,
       "Property case_type is required when creating or updating case indices"},
  };
  for (const auto& one : refusals) EXPECT_EQ(Refusal(one.json, one.mode), one.told) << one.json;
}

TEST(CaseV2Payload, WhatNoFormCanCarryIsRefused) {
  EXPECT_NE(Refusal(With(R"("external_id": "a\u0000")")), "");
  EXPECT_NE(Refusal(With(R"("properties": {"a": "\u001b"})")), "");
  EXPECT_NE(Refusal(With(R"("external_id": 5)")), "");
  EXPECT_NE(Refusal(With(R"("close": "yes")")), "");
  EXPECT_NE(Refusal(With(R"("properties": [])")), "");
  EXPECT_NE(Refusal(With(R"("indices": {"p": "c1"})")), "");
  EXPECT_NE(Refusal(With(R"("indices":
      {"p": {"case_id": "c", "case_type": "t", "relationship": "cousin"}})")),
            "");
  EXPECT_EQ(Refusal(With(R"("properties": {"a": "line\nline\ttab"})")), "");
}

TEST(CaseV2Payload, FieldsHaveAtMost255Characters) {
  for (const std::string field : {"case_name", "case_type", "owner_id", "external_id"}) {
    auto object = parse(With("\"close\": false")).as_object();
    std::string text;
    for (std::size_t i = 0; i < kCaseFieldCharactersMax; ++i) text += "\u00e9";
    object[field] = text;
    EXPECT_NO_THROW(ReadCaseUpdate(object, Mode::kCreate)) << field;
    object[field] = text + "x";
    EXPECT_THROW(ReadCaseUpdate(object, Mode::kCreate), Problem) << field;
  }
}

TEST(CaseV2Payload, RowsSayWhatTheyDo) {
  const auto updates = ReadCaseUpdates(parse(R"([
    {"create": true, "case_type": "t", "case_name": "n", "owner_id": "o"},
    {"create": false, "case_id": "c1"},
    {"create": null, "external_id": "e"}])")
                                           .as_array());
  ASSERT_EQ(updates.size(), 3U);
  EXPECT_EQ(updates[0].mode, Mode::kCreate);
  EXPECT_EQ(updates[1].mode, Mode::kUpdate);
  EXPECT_EQ(updates[2].mode, Mode::kUpsert);
  EXPECT_TRUE(ReadCaseUpdates({}).empty());
}

TEST(CaseV2Payload, EveryBadRowIsTold) {
  EXPECT_EQ(RefusalOfRows(R"([{"case_id": "c"}, {"create": false, "case_id": "c"},
                              {"create": false}, 5])"),
            "Error in row 1: A 'create' flag is required for each update.; "
            "Error in row 3: Case updates must provide either a case_id or external_id; "
            "Error in row 4: Payload must be a single JSON object");
  EXPECT_EQ(RefusalOfRows(R"([{"create": "yes", "case_id": "c"}])"),
            "Error in row 1: The 'create' flag must be true, false or null.");
}

TEST(CaseV2Payload, ARequestHasAtMost100Updates) {
  boost::json::array rows(intake::kCaseUpdatesMax, parse(R"({"create": false, "case_id": "c"})"));
  EXPECT_EQ(ReadCaseUpdates(rows).size(), 100U);
  rows.push_back(rows.front());
  EXPECT_EQ(RefusalOfRows(serialize(rows)),
            "You cannot submit more than 100 updates in a single request");
}

TEST(CaseV2Payload, ABodyIsJson) {
  EXPECT_EQ(ReadJsonBody(http::Body("{}")), parse("{}"));
  EXPECT_THROW(ReadJsonBody(http::Body("this isn't json")), Problem);
  EXPECT_THROW(ReadJsonBody(http::Body("")), Problem);
  EXPECT_THROW(RequireObject(parse("[]")), Problem);
}

TEST(CaseV2Payload, PropertyNamesAreNamesOfElements) {
  for (const auto* name : {"a", "_a", "a-b", "A9", "caf\u00e9", "\u0938\u0902"}) {
    EXPECT_TRUE(IsPropertyName(name)) << name;
  }
  for (const auto* name : {"", "9a", "-a", "a b", "a.b", "a:b", "a/b", "xml", "XmlThing", "a>b",
                           "\u00d7", "a\u2028", "\xff"}) {
    EXPECT_FALSE(IsPropertyName(name)) << name;
  }
}

}  // namespace
}  // namespace outpost::web
