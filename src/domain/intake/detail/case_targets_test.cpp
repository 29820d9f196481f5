#include "domain/intake/detail/case_targets.h"

#include <gtest/gtest.h>

#include <map>

#include "base/problem.h"

namespace outpost::intake {
namespace {

using Mode = CaseUpdate::Mode;
using By = CaseReference::By;

CaseUpdate Create(const std::string& external_id = {}, const std::string& temporary_id = {}) {
  CaseUpdate update;
  update.case_type = "player";
  update.case_name = "Beth";
  update.owner_id = "home";
  update.temporary_id = temporary_id;
  if (!external_id.empty()) update.external_id = external_id;
  return update;
}

CaseUpdate Upsert(const std::string& external_id) {
  auto update = Create(external_id);
  update.mode = Mode::kUpsert;
  return update;
}

CaseUpdate ChangeOf(const std::string& case_id, const std::string& external_id = {}) {
  CaseUpdate update;
  update.mode = Mode::kUpdate;
  update.case_id = case_id;
  if (!external_id.empty()) update.external_id = external_id;
  return update;
}

CaseUpdate WithIndex(CaseUpdate update, By by, const std::string& id) {
  update.indices.push_back({"parent", {by, id}, "player", "child"});
  return update;
}

/// Cases by external id; each is there by its own id too.
using Stored = std::multimap<std::string, std::string>;

std::vector<CaseTarget> Find(const std::vector<CaseUpdate>& updates, const Stored& stored = {}) {
  std::vector<std::string> fresh;
  for (std::size_t i = 0; i < updates.size(); ++i) fresh.push_back("new" + std::to_string(i));
  return FindTargets(updates, fresh,
                     {[&](const std::string& case_id) {
                        for (const auto& [external_id, id] : stored) {
                          if (id == case_id) return true;
                        }
                        return false;
                      },
                      [&](const std::string& external_id) {
                        std::vector<std::string> ids;
                        const auto [from, to] = stored.equal_range(external_id);
                        for (auto at = from; at != to; ++at) ids.push_back(at->second);
                        return ids;
                      }});
}

std::string Refusal(const std::vector<CaseUpdate>& updates, const Stored& stored = {}) {
  try {
    Find(updates, stored);
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kBadRequest);
    return problem.told();
  }
  return "";
}

TEST(CaseTargets, ACreationIsAlwaysANewCase) {
  const auto targets = Find({Create("1")}, {{"1", "beth"}});
  EXPECT_EQ(targets.front(), (CaseTarget{"new0", true, {}}));
}

TEST(CaseTargets, AnUpsertChangesTheCaseOfItsExternalIdOrMakesIt) {
  EXPECT_EQ(Find({Upsert("1")}, {{"1", "beth"}}).front(), (CaseTarget{"beth", false, {}}));
  EXPECT_EQ(Find({Upsert("2")}, {{"1", "beth"}}).front(), (CaseTarget{"new0", true, {}}));
}

TEST(CaseTargets, TwoUpsertsOfOneExternalIdInOneRequestMeanOneCase) {
  const auto targets = Find({Upsert("1"), Upsert("1")});
  EXPECT_EQ(targets[0], (CaseTarget{"new0", true, {}}));
  EXPECT_EQ(targets[1], (CaseTarget{"new0", false, {}}));
}

TEST(CaseTargets, AnUpsertMeansTheCaseThatTheRequestMakesUnderItsExternalId) {
  const auto targets = Find({Upsert("1"), Create("1")});
  EXPECT_EQ(targets[0], (CaseTarget{"new1", false, {}}));
}

TEST(CaseTargets, IndicesFindCasesByEveryKindOfName) {
  const auto targets =
      Find({Create("a", "t"), WithIndex(Create(), By::kTemporaryId, "t"),
            WithIndex(Create(), By::kExternalId, "a"), WithIndex(Create(), By::kExternalId, "1"),
            WithIndex(Create(), By::kCaseId, "anything"), WithIndex(Create(), By::kNothing, "")},
           {{"1", "beth"}});
  EXPECT_EQ(targets[1].index_ids, (std::vector<std::string>{"new0"}));
  EXPECT_EQ(targets[2].index_ids, (std::vector<std::string>{"new0"}));
  EXPECT_EQ(targets[3].index_ids, (std::vector<std::string>{"beth"}));
  EXPECT_EQ(targets[4].index_ids, (std::vector<std::string>{"anything"}));
  EXPECT_EQ(targets[5].index_ids, (std::vector<std::string>{""}));
}

TEST(CaseTargets, AnExternalIdThatIsADateWithTimeIsFoundAsFormsKeepIt) {
  const auto targets = Find({Create("2024-05-01T09:30:00Z"),
                             WithIndex(Create(), By::kExternalId, "2024-05-01T09:30:00.000000Z")});
  EXPECT_EQ(targets[1].index_ids, (std::vector<std::string>{"new0"}));
}

TEST(CaseTargets, RefusalsSayWhatClientsKnow) {
  const Stored stored = {{"1", "beth"}, {"twice", "c1"}, {"twice", "c2"}};
  EXPECT_EQ(Refusal({ChangeOf("nobody")}, stored), "No case found with ID 'nobody'");
  EXPECT_EQ(Refusal({ChangeOf("", "none")}, stored),
            "Could not find a case with external_id 'none'");
  EXPECT_EQ(Refusal({ChangeOf("")}, stored),
            "Case updates must provide either a case_id or external_id");
  EXPECT_EQ(Refusal({ChangeOf("", "twice")}, stored),
            "There are multiple cases with external_id twice");
  EXPECT_EQ(Refusal({Upsert("twice")}, stored), "There are multiple cases with external_id twice");
  EXPECT_EQ(Refusal({WithIndex(Create(), By::kExternalId, "none")}, stored),
            "Could not find a case with external_id 'none'");
  EXPECT_EQ(Refusal({WithIndex(Create(), By::kTemporaryId, "MISSING")}, stored),
            "Could not find a case with temporary_id 'MISSING'");
  EXPECT_EQ(Refusal({Create("", "t"), Create("", "t"), WithIndex(Create(), By::kTemporaryId, "t")}),
            "There are multiple cases with temporary_id t");
  auto nameless = Upsert("new");
  nameless.case_name.reset();
  EXPECT_EQ(Refusal({nameless}, stored), "Property case_name is required.");
}

}  // namespace
}  // namespace outpost::intake
