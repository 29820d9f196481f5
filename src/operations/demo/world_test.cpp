#include "operations/demo/world.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

#include "domain/cases/case_block.h"
#include "domain/forms/form_xml.h"
#include "format/xml/xml.h"
#include "operations/demo/render_form.h"

namespace outpost::demo {
namespace {

const Instant kEnd = *ParseDateTime("2026-03-14T11:00:00Z");

WorkerIds Ids() {
  WorkerIds ids;
  for (std::size_t i = 0; i < kWorkers; ++i) ids.user_ids[i] = "user-" + std::to_string(i);
  return ids;
}

std::string AllOf(std::uint64_t seed, std::size_t forms) {
  const auto world = PlanWorld(seed, forms, kEnd);
  std::string all;
  for (const auto& form : world.forms) {
    all += RenderForm(world, form, Ids()) + FormatT6(form.received);
  }
  return all;
}

TEST(DemoWorld, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  EXPECT_EQ(AllOf(1, 300), AllOf(1, 300));
  EXPECT_NE(AllOf(1, 300), AllOf(2, 300));
}

TEST(DemoWorld, HasExactlyAsManyFormsAsAskedForAndNoIdTwice) {
  for (const std::size_t forms : {1u, 7u, 1000u, 5000u}) {
    const auto world = PlanWorld(3, forms, kEnd);
    EXPECT_EQ(world.forms.size(), forms);
    std::set<Uuid> ids;
    for (const auto& form : world.forms) EXPECT_TRUE(ids.insert(form.id).second);
  }
}

TEST(DemoWorld, NoProgrammeSharesAnIdWithAnother) {
  std::set<Uuid> ids;
  for (const auto& world :
       {PlanWorld(1, 500, kEnd), PlanWorld(2, 500, kEnd), PlanWorld(1, 501, kEnd)}) {
    for (const auto& form : world.forms) EXPECT_TRUE(ids.insert(form.id).second);
    for (const auto& household : world.households) EXPECT_TRUE(ids.insert(household.id).second);
  }
}

TEST(DemoWorld, LooksLikeAYearOfWork) {
  const auto world = PlanWorld(1, 12'000, kEnd);
  std::array<int, 7> by_weekday{};
  std::map<std::int64_t, int> by_month;
  std::array<int, kFormKinds> by_kind{};
  for (const auto& form : world.forms) {
    const auto local = form.started + WorkerAt(form.worker).zone_hours * 3'600 * kMicrosPerSecond;
    ++by_weekday[static_cast<std::size_t>((local.micros / kMicrosPerDay + 4) % 7)];
    ++by_month[(kEnd - form.started) / (30 * kMicrosPerDay)];
    ++by_kind[static_cast<std::size_t>(form.kind)];
  }
  EXPECT_EQ(by_weekday[0], 0) << "Sundays are free";
  EXPECT_GT(by_weekday[1], by_weekday[5]) << "Mondays are busy";
  EXPECT_GT(by_weekday[5], by_weekday[6]);
  EXPECT_GT(by_month[0], by_month[11] * 3 / 2) << "the programme grows";
  for (const int kind : by_kind) EXPECT_GT(kind, 20);
  EXPECT_GT(world.children.size(), 100u);
  EXPECT_GT(world.households.size(), 500u);
}

TEST(DemoWorld, FormsArriveInOrderAfterTheyWereFilledInAndNeverInTheFuture) {
  const auto world = PlanWorld(1, 4'000, kEnd);
  Instant last;
  for (const auto& form : world.forms) {
    EXPECT_LT(form.started, form.ended);
    EXPECT_LE(form.ended, form.received);
    EXPECT_LE(form.received, kEnd);
    EXPECT_LE(last, form.received);
    last = form.received;
  }
}

/// Follows the cases through all forms, as the server will.
class Followed {
 public:
  void Apply(const cases::CaseBlock& block) {
    if (block.has_create) {
      EXPECT_TRUE(open_.emplace(block.case_id, true).second) << "created twice";
    } else {
      const auto known = open_.find(block.case_id);
      ASSERT_NE(known, open_.end()) << "changed before it was created";
      EXPECT_TRUE(known->second || !block.closes) << "closed twice";
    }
    for (const auto& index : block.indices) {
      EXPECT_TRUE(open_.contains(index.referenced_id)) << "a parent that is not there";
    }
    if (block.closes) open_[block.case_id] = false;
  }
  std::size_t size() const { return open_.size(); }

 private:
  std::map<std::string, bool> open_;
};

TEST(DemoWorld, EveryFormIsReadWithoutAContentError) {
  const auto world = PlanWorld(1, 6'000, kEnd);
  Followed followed;
  for (const auto& form : world.forms) {
    const auto xml = RenderForm(world, form, Ids());
    const auto document = xml::Document::Parse(xml);
    const auto identity = forms::ReadIdentity(document);
    EXPECT_EQ(identity.form_id, TextOf(form.id));
    EXPECT_EQ(identity.xmlns, XmlnsOf(form.kind));
    const auto found = cases::FindCaseBlocks(document);
    ASSERT_FALSE(found.error) << found.error->Told();
    ASSERT_FALSE(found.blocks.empty());
    for (const auto& block : found.blocks) followed.Apply(block);
  }
  EXPECT_EQ(followed.size(),
            world.households.size() + world.pregnancies.size() + world.children.size());
}

TEST(DemoWorld, PhonesWriteTheTimeOfTheirOwnZone) {
  const auto world = PlanWorld(1, 2'000, kEnd);
  for (const auto& form : world.forms) {
    const auto xml = RenderForm(world, form, Ids());
    const auto document = xml::Document::Parse(xml);
    const auto blocks = cases::FindCaseBlocks(document).blocks;
    ASSERT_TRUE(blocks.front().date_modified);
    EXPECT_EQ(blocks.front().date_modified->micros / 1000, form.ended.micros / 1000);
  }
}

}  // namespace
}  // namespace outpost::demo
