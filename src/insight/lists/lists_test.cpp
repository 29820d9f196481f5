#include "insight/lists/lists.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/problem.h"
#include "base/seeded_random.h"
#include "base/text.h"
#include "insight/lists/testing/lists_world.h"

namespace outpost::lists {
namespace {

using forms::FormState;

constexpr const char* kWords[] = {"alpha", "beta", "gamma", "Delta", ""};
constexpr Field kFormTimes[] = {Field::kIndexedOn, Field::kReceivedOn, Field::kServerModifiedOn};
constexpr Field kCaseTimes[] = {Field::kIndexedOn, Field::kServerModifiedOn, Field::kModifiedOn,
                                Field::kOpenedOn};

/// What a selection should find, said once more without an index.
struct Row {
  std::int64_t row = 0;
  std::int64_t project = 0;
  bool is_apart = false;
  std::map<Field, std::string> texts;
  std::map<Field, std::int64_t> times;
};

Row RowOf(const forms::FormFacts& form) {
  return {form.row,
          form.project,
          form.state == FormState::kArchived,
          {{Field::kXmlns, form.xmlns},
           {Field::kApp, ToLower(form.app_id)},
           {Field::kPerson, ToLower(form.user_id)}},
          {{Field::kIndexedOn, form.indexed_on.micros},
           {Field::kReceivedOn, form.received_on.micros},
           {Field::kServerModifiedOn, form.server_modified_on.micros}}};
}

Row RowOf(const cases::CaseFacts& c) {
  Row row{c.row,
          c.project,
          c.is_closed,
          {{Field::kType, c.type},
           {Field::kOwner, c.owner_id},
           {Field::kPerson, c.modified_by},
           {Field::kName, c.name},
           {Field::kExternalId, c.external_id}},
          {{Field::kIndexedOn, c.indexed_on.micros},
           {Field::kServerModifiedOn, c.server_modified_on.micros}}};
  if (c.modified_on) row.times[Field::kModifiedOn] = c.modified_on->micros;
  if (c.opened_on) row.times[Field::kOpenedOn] = c.opened_on->micros;
  return row;
}

bool IsIn(const Row& row, const Selection& selection) {
  if (row.project != selection.project) return false;
  if (selection.subject == Subject::kForms && row.is_apart && !selection.with_archived) {
    return false;
  }
  if (selection.is_closed && row.is_apart != *selection.is_closed) return false;
  for (const auto& equal : selection.equals) {
    const bool is_folded = selection.subject == Subject::kForms && equal.field != Field::kXmlns;
    const auto& text = row.texts.at(equal.field);
    if (!std::any_of(equal.any_of.begin(), equal.any_of.end(), [&](const auto& value) {
          return (is_folded ? ToLower(value) : value) == text;
        })) {
      return false;
    }
  }
  for (const auto& range : selection.ranges) {
    const auto at = row.times.find(range.field);
    if (at == row.times.end()) return false;
    if (range.from && at->second < range.from->micros) return false;
    if (range.to && at->second > range.to->micros) return false;
  }
  return true;
}

std::vector<std::int64_t> Expected(std::vector<Row> rows, const Selection& selection) {
  std::erase_if(rows, [&](const Row& row) { return !IsIn(row, selection); });
  std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    for (const auto& order : selection.order) {
      const auto left = a.times.at(order.field);
      const auto right = b.times.at(order.field);
      if (left != right) return order.is_descending ? left > right : left < right;
    }
    return selection.order.back().is_descending ? a.row > b.row : a.row < b.row;
  });
  std::vector<std::int64_t> ids;
  for (const auto& row : rows) ids.push_back(row.row);
  return ids;
}

class ListsTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    world_ = std::make_unique<lists_testing::ListsWorld>(scratch_);
    projects_ = {world_->world.AddProject("one").row, world_->world.AddProject("two").row};
  }

  std::string Word() { return kWords[random_.Below(std::size(kWords))]; }
  Instant Time() {
    return {world_->world.clock.Now().micros -
            static_cast<std::int64_t>(random_.Below(40)) * kMicrosPerDay / 4};
  }

  void ChangeSomething() {
    const auto project = projects_[random_.Below(2)];
    const auto id = std::to_string(random_.Below(25));
    world_->world.clock.Advance(static_cast<std::int64_t>(random_.Below(5'000'000'000)) + 1);
    if (random_.OneIn(2)) return ChangeCase(project, id);
    if (known_forms_.insert({project, id}).second) {
      return world_->AddForm(project, id, Word(), Word(), Word(), Time());
    }
    const auto state = random_.OneIn(3)   ? FormState::kArchived
                       : random_.OneIn(5) ? FormState::kError
                                          : FormState::kNormal;
    world_->ChangeForm(project, id, state, random_.OneIn(5));
  }
  void ChangeCase(std::int64_t project, const std::string& id) {
    cases::Case c;
    c.case_id = id;
    c.type = Word();
    c.name = Word();
    c.owner_id = Word();
    c.external_id = Word();
    c.modified_by = Word();
    if (!random_.OneIn(5)) c.modified_on = Time();
    c.opened_on = Time();
    c.is_closed = random_.OneIn(3);
    if (c.is_closed) c.closed_on = Time();
    c.is_deleted = random_.OneIn(6);
    world_->PutCase(project, std::move(c));
  }

  Selection RandomSelection(Subject subject) {
    Selection selection;
    selection.subject = subject;
    selection.project = projects_[random_.Below(2)];
    const bool is_forms = subject == Subject::kForms;
    const std::vector<Field> texts = is_forms
                                         ? std::vector{Field::kXmlns, Field::kApp, Field::kPerson}
                                         : std::vector{Field::kType, Field::kOwner, Field::kPerson,
                                                       Field::kName, Field::kExternalId};
    for (const auto field : texts) {
      if (!random_.OneIn(4)) continue;
      auto& equal = selection.equals.emplace_back();
      equal.field = field;
      for (auto n = random_.Below(3) + 1; n > 0; --n) equal.any_of.push_back(Word());
    }
    const auto time = [&] {
      return is_forms ? kFormTimes[random_.Below(3)] : kCaseTimes[random_.Below(4)];
    };
    if (random_.OneIn(2)) {
      auto& range = selection.ranges.emplace_back();
      range.field = time();
      if (!random_.OneIn(3)) range.from = Time();
      if (!random_.OneIn(3)) range.to = Time();
    }
    selection.with_archived = is_forms && random_.OneIn(3);
    if (!is_forms && random_.OneIn(2)) selection.is_closed = random_.OneIn(2);
    // Rows without a time have no place in its order that both engines agree on.
    selection.order = {{is_forms ? time() : kCaseTimes[random_.Below(2)], random_.OneIn(2)}};
    return selection;
  }

  std::vector<Row> RowsOf(Subject subject) {
    std::vector<Row> rows;
    const auto primary = world_->world.database->Read();
    if (subject == Subject::kForms) {
      forms::ScanFacts(*primary, 0, 100'000, [&](const forms::FormFacts& form) {
        const bool is_listed =
            form.state == FormState::kNormal || form.state == FormState::kArchived;
        if (is_listed && !form.is_deleted) rows.push_back(RowOf(form));
      });
    } else {
      cases::ScanFacts(*primary, 0, 100'000, [&](const cases::CaseFacts& c) {
        if (!c.is_deleted) rows.push_back(RowOf(c));
      });
    }
    return rows;
  }

  void CheckRandomPages(int count) {
    ASSERT_TRUE(world_->CatchUp());
    const Lists lists(*world_->query);
    for (int i = 0; i < count; ++i) {
      const auto subject = random_.OneIn(2) ? Subject::kForms : Subject::kCases;
      const auto selection = RandomSelection(subject);
      const auto expected = Expected(RowsOf(subject), selection);
      const auto offset = static_cast<std::int64_t>(random_.Below(4));
      const auto page = lists.Find(selection, offset, 5);
      std::vector<std::int64_t> found;
      for (const auto& row : page.rows) found.push_back(row.row);
      const auto begin = std::min<std::size_t>(offset, expected.size());
      const auto end = std::min(begin + 5, expected.size());
      EXPECT_EQ(found, std::vector(expected.begin() + begin, expected.begin() + end));
      EXPECT_EQ(page.has_more, end < expected.size());
      EXPECT_EQ(page.total, expected.size());
      EXPECT_TRUE(page.is_total_exact);
    }
  }

  SeededRandom random_{20'261'128};
  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::unique_ptr<lists_testing::ListsWorld> world_;
  std::vector<std::int64_t> projects_;
  std::set<std::pair<std::int64_t, std::string>> known_forms_;
};

TEST_P(ListsTest, PagesAndTotalsAreWhatALookAtEveryRowWouldFind) {
  for (int round = 0; round < 6; ++round) {
    for (int i = 0; i < 40; ++i) ChangeSomething();
    CheckRandomPages(40);
  }
}

TEST_P(ListsTest, ListsMadeAnewEqualThoseThatFollowed) {
  for (int i = 0; i < 150; ++i) ChangeSomething();
  ASSERT_TRUE(world_->CatchUp());
  world_->CloseLists();
  if (GetParam() == sql::Engine::kSqlite) {
    for (const char* end : {"", "-wal", "-shm"}) {
      std::filesystem::remove(scratch_.folder() / ("query.db" + std::string(end)));
    }
  } else {
    world_->world.Write([](sql::Batch& batch) {
      batch.connection().Execute("UPDATE query.meta SET value = '0' WHERE name = 'version'");
    });
  }
  world_->OpenLists();
  CheckRandomPages(60);
  for (int i = 0; i < 40; ++i) ChangeSomething();
  CheckRandomPages(60);
}

TEST_P(ListsTest, ListsOfAnotherHistoryAreMadeAnew) {
  for (int i = 0; i < 30; ++i) ChangeSomething();
  ASSERT_TRUE(world_->CatchUp());
  world_->CloseLists();
  // As if an older backup had been restored, which then took another way.
  world_->world.Write([](sql::Batch& batch) {
    batch.connection().Execute("UPDATE changes SET at = at + 1");
    batch.connection().Execute("DELETE FROM forms WHERE id % 2 = 0");
  });
  world_->OpenLists();
  CheckRandomPages(30);
}

TEST_P(ListsTest, WhatFollowsGoesOnWhereItStopped) {
  for (int i = 0; i < 30; ++i) ChangeSomething();
  ASSERT_TRUE(world_->CatchUp());
  world_->CloseLists();
  for (int i = 0; i < 30; ++i) ChangeSomething();
  world_->OpenLists();
  CheckRandomPages(30);
}

TEST_P(ListsTest, AfterARestartWithoutAnyChangeNobodyWaits) {
  for (int i = 0; i < 10; ++i) ChangeSomething();
  ASSERT_TRUE(world_->CatchUp());
  world_->CloseLists();
  world_->OpenLists();
  EXPECT_TRUE(world_->CatchUp());
}

TEST_P(ListsTest, WhoAsksDoesNotWaitForTheFeedersRest) {
  constexpr int kRounds = 20;
  ASSERT_TRUE(world_->CatchUp());
  std::int64_t waited = 0;
  for (int i = 0; i < kRounds; ++i) {
    ChangeSomething();
    const auto start = SteadyMicros();
    ASSERT_TRUE(world_->CatchUp());
    waited += SteadyMicros() - start;
  }
  // Each rest is 100 ms, and begins when the change before was followed.
  EXPECT_LT(waited, kRounds * 75'000);
}

TEST_P(ListsTest, AnAcceptedRowIsWhatCounts) {
  for (int i = 0; i < 20; ++i) {
    world_->AddForm(projects_[0], std::to_string(i), "x", "", "", world_->world.clock.Now());
  }
  ASSERT_TRUE(world_->CatchUp());
  Selection selection;
  selection.project = projects_[0];
  const auto is_even = [](const Listed& listed) { return listed.row % 2 == 0; };
  const auto page = Lists(*world_->query).Find(selection, 2, 3, is_even);
  ASSERT_EQ(page.rows.size(), 3);
  for (const auto& row : page.rows) EXPECT_EQ(row.row % 2, 0);
  EXPECT_TRUE(page.has_more);
  EXPECT_FALSE(page.is_total_exact);
}

TEST_P(ListsTest, RowsThatThePrimaryKnowsAreFilteredAndSortedToo) {
  for (int i = 0; i < 40; ++i) ChangeSomething();
  ASSERT_TRUE(world_->CatchUp());
  const Lists lists(*world_->query);
  for (int i = 0; i < 30; ++i) {
    auto selection = RandomSelection(Subject::kForms);
    auto rows = RowsOf(Subject::kForms);
    std::erase_if(rows, [](const Row& row) { return row.row % 3 == 0; });
    auto& some = selection.rows.emplace();
    for (const auto& row : rows) some.push_back(row.row);
    some.push_back(1'000'000);  // is not there
    const auto page = lists.Find(selection, 0, 1'000);
    std::vector<std::int64_t> found;
    for (const auto& row : page.rows) found.push_back(row.row);
    EXPECT_EQ(found, Expected(rows, selection));
  }
}

TEST_P(ListsTest, AFilterTakesAHundredValuesAndNotOneMore) {
  ASSERT_TRUE(world_->CatchUp());
  const Lists lists(*world_->query);
  Selection selection;
  selection.project = projects_[0];
  auto& equal = selection.equals.emplace_back();
  equal.field = Field::kXmlns;
  for (std::size_t i = 0; i < kValuesMax; ++i) equal.any_of.push_back(std::to_string(i));
  EXPECT_NO_THROW(lists.Find(selection, 0, 1));
  equal.any_of.emplace_back("one more");
  EXPECT_THROW(lists.Find(selection, 0, 1), Problem);
}

TEST_P(ListsTest, NothingIsShownWhileTheListsAreMade) {
  ASSERT_TRUE(world_->CatchUp());
  world_->CloseLists();
  auto query = world_->OpenQuery();
  const auto writing = query->TakeWritingConnection();
  query::BeginAnew(*writing);
  Selection selection;
  selection.project = projects_[0];
  EXPECT_THROW(Lists(*query).Find(selection, 0, 1), Problem);
}

/// Needles, and the same conditions said once more by looking at documents.
struct Sought {
  std::vector<search::Needle> needles;

  bool IsIn(const std::string& document) const {
    return std::all_of(needles.begin(), needles.end(), [&](const auto& needle) {
      return std::any_of(needle.any_of.begin(), needle.any_of.end(), [&](const auto& value) {
        const auto member = "\"" + needle.path + "\":\"" + ToLower(value) + "\"";
        return ToLower(document).find(member) != std::string::npos;
      });
    });
  }
};

TEST_P(ListsTest, PagesFoundByTheIndexAreWhatALookAtEveryDocumentWouldFind) {
  // Small enough that every way of looking is taken.
  const IndexLimits few_only;
  IndexLimits walks;
  walks.few = 2;
  walks.stretch = 2;
  IndexLimits gives_up = walks;
  gives_up.walked_first = 4;
  IndexLimits walks_on = gives_up;
  walks_on.many = 2;
  world_->OpenSearch();
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 60; ++i) ChangeSomething();
    ASSERT_TRUE(world_->CatchUp());
    // Every other time the index is behind the lists.
    const bool is_behind = round % 2 == 1;
    ASSERT_TRUE(is_behind || world_->search_feeder->WaitUntilIdle(20 * kMicrosPerSecond));
    for (const auto& limits : {few_only, walks, gives_up, walks_on}) {
      const Lists lists(*world_->query, world_->search.get(), limits);
      for (int i = 0; i < 25; ++i) {
        const auto subject = random_.OneIn(2) ? Subject::kForms : Subject::kCases;
        auto selection = RandomSelection(subject);
        Sought sought;
        sought.needles.push_back({search::Needle::Kind::kValue, "x", {Word(), Word()}, {}});
        if (random_.OneIn(3)) {
          sought.needles.push_back({search::Needle::Kind::kValue, "p", {Word()}, {}});
        }
        selection.needles = sought.needles;
        auto rows = Expected(RowsOf(subject), selection);
        std::erase_if(rows, [&](std::int64_t row) {
          return !sought.IsIn(*world_->DocumentOf(subject, row));
        });
        std::vector<std::int64_t> accepted;
        const auto page = lists.Find(selection, 1, 3, [&](const Listed& listed) {
          const bool is_in = sought.IsIn(*world_->DocumentOf(subject, listed.row));
          if (is_in) accepted.push_back(listed.row);
          return is_in;
        });
        std::vector<std::int64_t> found;
        for (const auto& row : page.rows) found.push_back(row.row);
        const auto begin = std::min<std::size_t>(1, rows.size());
        const auto end = std::min<std::size_t>(4, rows.size());
        EXPECT_EQ(found, std::vector(rows.begin() + begin, rows.begin() + end));
        EXPECT_EQ(page.has_more, rows.size() > 4);
        EXPECT_GE(page.total, static_cast<std::int64_t>(end));
        // Who decides saw each of them once and in order, however often the way was changed.
        EXPECT_EQ(accepted,
                  std::vector(rows.begin(), rows.begin() + std::min<std::size_t>(5, rows.size())));
      }
    }
  }
}

TEST_P(ListsTest, AnIndexThatIsTooFarBehindIsNotAsked) {
  world_->OpenSearch();
  for (int i = 0; i < 10; ++i) {
    world_->AddForm(projects_[0], std::to_string(i), "other", "", "", world_->world.clock.Now());
  }
  ASSERT_TRUE(world_->CatchUp());
  ASSERT_TRUE(world_->search_feeder->WaitUntilIdle(20 * kMicrosPerSecond));
  world_->search_feeder->Stop();
  for (const char* id : {"new", "newer"}) {
    world_->AddForm(projects_[0], id, "sought", "", "", world_->world.clock.Now());
  }
  ASSERT_TRUE(world_->CatchUp());
  Selection selection;
  selection.project = projects_[0];
  selection.needles = {{search::Needle::Kind::kValue, "x", {"sought"}, {}}};
  const auto looked_at = [&](std::int64_t behind) {
    IndexLimits limits;
    limits.behind = behind;
    int count = 0;
    const auto page = Lists(*world_->query, world_->search.get(), limits)
                          .Find(selection, 0, 5, [&](const Listed& listed) {
                            ++count;
                            const auto document = world_->DocumentOf(Subject::kForms, listed.row);
                            return document->find("sought") != std::string::npos;
                          });
    EXPECT_EQ(page.rows.size(), 2);
    return count;
  };
  EXPECT_EQ(looked_at(2), 2);
  EXPECT_EQ(looked_at(1), 12);
}

TEST_P(ListsTest, ColumnsThatSeldomMeetAreFoundByTheIndexInAnyOrder) {
  world_->OpenSearch();
  for (int i = 0; i < 150; ++i) ChangeSomething();
  ASSERT_TRUE(world_->CatchUp());
  ASSERT_TRUE(world_->search_feeder->WaitUntilIdle(20 * kMicrosPerSecond));
  for (int i = 0; i < 40; ++i) ChangeSomething();
  ASSERT_TRUE(world_->CatchUp());
  const Lists lists(*world_->query, world_->search.get());
  for (int i = 0; i < 60; ++i) {
    Selection selection;
    selection.project = projects_[0];
    selection.equals = {{Field::kXmlns, {Word()}}, {Field::kPerson, {Word()}}};
    selection.order = {{Field::kServerModifiedOn, random_.OneIn(2)}};
    const auto expected = Expected(RowsOf(Subject::kForms), selection);
    const auto page = lists.Find(selection, 0, 1'000);
    std::vector<std::int64_t> found;
    for (const auto& row : page.rows) found.push_back(row.row);
    EXPECT_EQ(found, expected);
    EXPECT_EQ(page.total, expected.size());
    EXPECT_TRUE(page.is_total_exact);
  }
}

TEST_P(ListsTest, WhatACallerMaySeeCanHaveAnyNumberOfValues) {
  for (int i = 0; i < 80; ++i) ChangeSomething();
  ASSERT_TRUE(world_->CatchUp());
  const Lists lists(*world_->query);
  for (const std::size_t others :
       {std::size_t{0}, kValuesMax - 2, kValuesMax - 1, std::size_t{5'000}}) {
    auto selection = RandomSelection(Subject::kCases);
    const auto owner = std::string("alpha");
    auto expected_selection = selection;
    expected_selection.equals.push_back({Field::kOwner, {owner, "beta"}});
    auto& within = selection.within.emplace(Equal{Field::kOwner, {owner, "beta"}});
    for (std::size_t i = 0; i < others; ++i) within.any_of.push_back("u" + std::to_string(i));
    const auto page = lists.Find(selection, 0, 1'000);
    std::vector<std::int64_t> found;
    for (const auto& row : page.rows) found.push_back(row.row);
    EXPECT_EQ(found, Expected(RowsOf(Subject::kCases), expected_selection)) << others;
    EXPECT_EQ(page.total, found.size());
  }
}

TEST_P(ListsTest, ACallerWhoMaySeeNothingFindsNothing) {
  for (int i = 0; i < 20; ++i) ChangeSomething();
  ASSERT_TRUE(world_->CatchUp());
  Selection selection;
  selection.project = projects_[0];
  selection.within = {Field::kPerson, {}};
  const auto page = Lists(*world_->query).Find(selection, 0, 10);
  EXPECT_TRUE(page.rows.empty());
  EXPECT_EQ(page.total, 0);
}

INSTANTIATE_TEST_SUITE_P(Engines, ListsTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& engine) { return sql_testing::NameOf(engine.param); });

}  // namespace
}  // namespace outpost::lists
