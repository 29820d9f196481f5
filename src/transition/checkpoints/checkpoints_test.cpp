#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/clock.h"
#include "transition/checkpoints/collectors.h"
#include "transition/checkpoints/report.h"
#include "transition/checkpoints/tracker.h"

namespace outpost::transition {
namespace {

namespace fs = std::filesystem;

class MemoryStore final : public CheckpointStore {
 public:
  Tracker Load() const override { return tracker_; }
  void Update(const std::function<void(Tracker&)>& change) override {
    auto copy = tracker_;
    change(copy);
    tracker_ = std::move(copy);
  }

 private:
  Tracker tracker_;
};

class Desk : public testing::Test {
 protected:
  static constexpr std::int64_t kDay = kMicrosPerDay;

  State Of(const char* id) { return StateOf(store_.Load(), id, clock_.Now()); }
  Signature By(const std::string& name) {
    Signature signature;
    signature.name = name;
    signature.function = "Head of IT";
    return signature;
  }
  std::string Refused(const std::function<void()>& act) {
    try {
      act();
    } catch (const Problem& problem) {
      return problem.told();
    }
    return "accepted";
  }
  void Server(const char* id, Verdict verdict) {
    const FactCollector server("server 1", {{id, {verdict, "seen", {{"n", "1"}}}}});
    desk_.Check({&server}, id);
  }

  ScriptedClock clock_{*ParseDate("2027-01-10")};
  MemoryStore store_;
  TransitionDesk desk_{&store_, &clock_};
};

TEST_F(Desk, EverythingBeginsOpen) {
  for (const auto& item : Items()) {
    EXPECT_EQ(StateOf(store_.Load(), item.id, clock_.Now()), State::kOpen) << item.id;
  }
}

TEST_F(Desk, ACheckpointIsNotClosedBeforeItsNeedsHold) {
  const auto refusal = Refused([&] { desk_.Sign("C2.2.1", By("A")); });
  EXPECT_NE(refusal.find("C2.2.1 cannot be closed yet"), std::string::npos);
  EXPECT_NE(refusal.find("Q2.2.7 is open"), std::string::npos);
  for (const auto id : NeedsOf(*FindItem("C2.2.1"))) desk_.AnswerItem(id, "yes", "B");
  EXPECT_NE(Refused([&] { desk_.Sign("C2.2.1", By("A")); }).find("attach a document"),
            std::string::npos);
  auto with_document = By("A");
  with_document.document = "contract.pdf";
  desk_.Sign("C2.2.1", with_document);
  EXPECT_EQ(Of("C2.2.1"), State::kSigned);
}

TEST_F(Desk, WhatAMachineDecidesIsNotClosedByADocument) {
  desk_.AnswerItem("Q4.2.2", "journal", "B");
  auto with_document = By("A");
  with_document.document = "promise.pdf";
  EXPECT_NE(Refused([&] { desk_.Sign("C4.2.2", with_document); }).find("not yet: needs"),
            std::string::npos);
  Server("C4.2.2", Verdict::kFails);
  EXPECT_EQ(Of("C4.2.2"), State::kEvidenceFailed);
  EXPECT_NE(Refused([&] { desk_.Sign("C4.2.2", with_document); }), "accepted");
  Server("C4.2.2", Verdict::kHolds);
  desk_.Sign("C4.2.2", By("A"));
  EXPECT_EQ(Of("C4.2.2"), State::kSigned);
}

TEST_F(Desk, ASignatureHoldsTheHashOfWhatWasSeenAndFallsWithIt) {
  desk_.AnswerItem("Q4.2.2", "journal", "B");
  Server("C4.2.2", Verdict::kHolds);
  desk_.Sign("C4.2.2", By("A"));
  const auto tracker = store_.Load();
  const auto& record = *tracker.Find("C4.2.2");
  EXPECT_EQ(record.signature->evidence_hash, record.evidence->hash);
  clock_.Advance(30 * kDay);
  EXPECT_EQ(Of("C4.2.2"), State::kSigned);
  clock_.Advance(1);
  EXPECT_EQ(Of("C4.2.2"), State::kOpen) << "stale evidence still counts";
  Server("C4.2.2", Verdict::kHolds);
  EXPECT_EQ(Of("C4.2.2"), State::kSigned) << "a new look confirms the signature";
  Server("C4.2.2", Verdict::kFails);
  EXPECT_EQ(Of("C4.2.2"), State::kEvidenceFailed) << "a later failure must show";
}

TEST_F(Desk, LoadTestsAndRestoresCountLonger) {
  EXPECT_EQ(ValidityOf("C4.1.1"), 180 * kDay);
  EXPECT_EQ(ValidityOf("C4.3.1"), 90 * kDay);
  EXPECT_EQ(ValidityOf("C1.1"), 30 * kDay);
}

TEST_F(Desk, WaivingAndReopeningNeedNamesAndReasons) {
  EXPECT_NE(Refused([&] { desk_.Waive("C6.1", "", "A"); }), "accepted");
  EXPECT_NE(Refused([&] { desk_.Waive("C6.1", "own people", " "); }), "accepted");
  desk_.Waive("C6.1", "own people", "A");
  EXPECT_EQ(Of("C6.1"), State::kWaived);
  desk_.Reopen("C6.1", "changed our mind", "A");
  EXPECT_EQ(Of("C6.1"), State::kOpen);
}

TEST_F(Desk, OnlyOptionalSectionsCanBeSwitchedOff) {
  EXPECT_NE(Refused([&] { desk_.SwitchSection("4.3", false, "A"); }), "accepted");
  desk_.SwitchSection("3.2", false, "A");
  EXPECT_EQ(Of("C3.2.1"), State::kNotApplicable);
  EXPECT_EQ(Of("C3.3.1"), State::kOpen);
  desk_.SwitchSection("3.2", true, "A");
  EXPECT_EQ(Of("C3.2.1"), State::kOpen);
}

TEST_F(Desk, UnknownIdsAndDatesAreRefusedByName) {
  EXPECT_NE(Refused([&] { desk_.AnswerItem("Q4.3.9", "x", "A"); }).find("'Q4.3.9'"),
            std::string::npos);
  EXPECT_NE(Refused([&] { desk_.Assign("C1.1", "A", "soon", "B"); }).find("'soon'"),
            std::string::npos);
}

TEST_F(Desk, EveryChangeIsInTheAuditTrailAndATamperedOneShows) {
  desk_.AnswerItem("Q1.1", "here", "A");
  desk_.Assign("C1.1", "B", "2027-02-01", "A");
  desk_.Waive("C6.1", "own people", "A");
  auto trail = store_.Load().audit;
  ASSERT_EQ(trail.size(), 3u);
  EXPECT_FALSE(FirstBroken(trail));
  auto changed = trail;
  changed[1].who = "C";
  EXPECT_EQ(FirstBroken(changed), 1u);
  trail.erase(trail.begin());
  EXPECT_EQ(FirstBroken(trail), 0u);
}

TEST_F(Desk, AFailedChangeLeavesNothingBehind) {
  Refused([&] { desk_.Sign("C2.2.1", By("A")); });
  EXPECT_TRUE(store_.Load().audit.empty());
}

TEST_F(Desk, PhasesPassWhenAllTheirCheckpointsAreClosedAndOverdueOnesAreCounted) {
  desk_.Assign("C6.1", "A", "2027-01-09", "A");
  EXPECT_EQ(ProgressOf(store_.Load(), clock_.Now())[5].overdue, 1);
  desk_.Waive("C6.1", "own people", "A");
  desk_.Waive("C6.2", "own people", "A");
  const auto progress = ProgressOf(store_.Load(), clock_.Now());
  ASSERT_EQ(progress.size(), 6u);
  EXPECT_TRUE(progress[5].passed);
  EXPECT_FALSE(progress[0].passed);
  EXPECT_EQ(progress[5].overdue, 0);
}

plan::Plan Ministry() {
  return plan::LoadPlan(fs::path(OUTPOST_SOURCE) / "share/examples/ministry/plan.toml");
}

TEST_F(Desk, TheMinistrysPlanProvesPhaseOne) {
  const auto plan = Ministry();
  const PlanCollector of_plan(&plan);
  const NotYetCollector nothing;
  EXPECT_GT(desk_.Check({&of_plan, &nothing}, ""), 50u);
  for (const char* id : {"C1.1", "C1.2", "C1.3"}) {
    EXPECT_EQ(Of(id), State::kEvidenceOk) << id;
    desk_.Sign(id, By("A"));
  }
  desk_.Sign("C1.4", By("A"));
  auto with_contract = By("A");
  with_contract.document = "contract.pdf";
  EXPECT_NE(Refused([&] { desk_.Sign("C2.2.1", with_contract); }).find("Q2.2.6"), std::string::npos)
      << "the way out of the network is seen on the server only";
  EXPECT_TRUE(ProgressOf(store_.Load(), clock_.Now())[0].passed);
}

TEST_F(Desk, WhatNobodyCouldSeeIsNotYetAndSaysWhatItNeeds) {
  const NotYetCollector nothing;
  desk_.Check({&nothing}, "");
  const auto tracker = store_.Load();
  EXPECT_EQ(tracker.Find("C4.3.1")->evidence->verdict, Verdict::kNotYet);
  EXPECT_EQ(tracker.Find("C4.3.1")->evidence->sentence.rfind("not yet: needs ", 0), 0u);
  EXPECT_EQ(Of("C4.3.1"), State::kOpen);
  EXPECT_EQ(tracker.Find("C6.1"), nullptr) << "people's tasks are not looked at";
}

TEST_F(Desk, NotYetYieldsToWhomeverKnowsAndToWhatWasSeenBefore) {
  const FactCollector server("server 1", {{"Q2.2.3", {Verdict::kNotYet, "not yet: needs x", {}}}});
  const FactCollector of_plan("plan 1", {{"Q2.2.3", {Verdict::kHolds, "enlarged at once", {}}}});
  const NotYetCollector nothing;
  desk_.Check({&server, &of_plan, &nothing}, "Q2.2.3");
  EXPECT_EQ(store_.Load().Find("Q2.2.3")->evidence->sentence, "enlarged at once");
  desk_.Check({&server, &nothing}, "Q2.2.3");
  EXPECT_EQ(store_.Load().Find("Q2.2.3")->evidence->sentence, "enlarged at once")
      << "the plan was not at hand this time";
  const FactCollector changed("plan 1", {{"Q2.2.3", {Verdict::kNotYet, "not yet: needs y", {}}}});
  desk_.Check({&changed}, "Q2.2.3");
  EXPECT_EQ(store_.Load().Find("Q2.2.3")->evidence->sentence, "not yet: needs y")
      << "who said it may take it back";
  Server("C4.3.1", Verdict::kHolds);
  desk_.Check({&nothing}, "C4.3.1");
  EXPECT_EQ(Of("C4.3.1"), State::kEvidenceOk) << "nobody looked this time";
  clock_.Advance(91 * kDay);
  desk_.Check({&nothing}, "C4.3.1");
  EXPECT_EQ(store_.Load().Find("C4.3.1")->evidence->verdict, Verdict::kNotYet);
}

TEST_F(Desk, TheMachineUnderUsMustBeLargeEnoughForThePlan) {
  const auto plan = Ministry();
  const PlanCollector of_plan(&plan);
  const auto host = [](const char* cores, const char* ram) {
    return FactCollector("host 1",
                         {{"Q2.2.1", {Verdict::kHolds, "", {{"cores", cores}, {"ram_gb", ram}}}}});
  };
  const auto verdict = [&](const char* cores, const char* ram) {
    const auto hardware = host(cores, ram);
    return HostFitCollector(&of_plan, &hardware).Look(*FindItem("C1.4"))->verdict;
  };
  EXPECT_EQ(verdict("4", "7.8"), Verdict::kHolds) << "8 GB report a little less";
  EXPECT_EQ(verdict("3", "7.8"), Verdict::kFails);
  EXPECT_EQ(verdict("4", "7.0"), Verdict::kFails);
}

TEST_F(Desk, APlanWithTooSmallMachinesFailsTheServerConfiguration) {
  auto plan = Ministry();
  plan.environments[0].machines[0].disk_gb = 10;
  plan.environments[0].machines[1].disk_gb = 10;
  const PlanCollector of_plan(&plan);
  desk_.Check({&of_plan}, "C1.4");
  EXPECT_EQ(Of("C1.4"), State::kEvidenceFailed);
  const auto tracker = store_.Load();
  EXPECT_EQ(tracker.Find("C1.4")->evidence->figures.at("disk_gb"), "20");
}

TEST_F(Desk, TheHostIsReadFromItsFiles) {
  const auto root = fs::path(testing::TempDir()) / "host-collector";
  fs::create_directories(root / "etc");
  fs::create_directories(root / "proc/sys/kernel");
  fs::create_directories(root / "sys/block/sda/queue");
  std::ofstream(root / "etc/os-release") << "NAME=x\nPRETTY_NAME=\"Debian 12\"\n";
  std::ofstream(root / "proc/sys/kernel/osrelease") << "6.1.0\n";
  std::ofstream(root / "proc/cpuinfo")
      << "processor : 0\nflags : fpu hypervisor\nprocessor : 1\nflags : fpu hypervisor\n";
  std::ofstream(root / "proc/meminfo") << "MemTotal:       16000000 kB\n";
  std::ofstream(root / "sys/block/sda/queue/rotational") << "0\n";
  std::ofstream(root / "sys/block/sda/size") << "1953125000\n";
  const HostCollector host(root);
  EXPECT_EQ(host.Look(*FindItem("Q3.1.3"))->sentence, "Debian 12, kernel 6.1.0");
  EXPECT_EQ(host.Look(*FindItem("Q2.2.1"))->sentence,
            "2 cores, 16.0 GB of memory, disks: sda 1000 GB solid-state");
  EXPECT_EQ(host.Look(*FindItem("Q2.2.2"))->sentence, "a virtual machine");
  EXPECT_FALSE(host.Look(*FindItem("C1.1")));
  EXPECT_FALSE(HostCollector("/nonexistent-folder").Look(*FindItem("Q2.2.1")));
  fs::remove_all(root);
}

TEST_F(Desk, TheFileGivesBackWhatWasKeptAndRefusesWhatWasChanged) {
  const auto file = fs::path(testing::TempDir()) / "transition.json";
  fs::remove(file);
  FileCheckpointStore kept(file);
  EXPECT_TRUE(kept.Load().records.empty());
  TransitionDesk desk(&kept, &clock_);
  desk.AnswerItem("Q1.1", "on the wall \"A\"", "A");
  const FactCollector server("server 1", {{"C4.2.2", {Verdict::kHolds, "seen", {{"n", "1"}}}}});
  desk.Check({&server}, "");
  desk.SwitchSection("5.1", false, "A");
  const auto again = FileCheckpointStore(file).Load();
  EXPECT_EQ(again.Find("Q1.1")->answer, "on the wall \"A\"");
  EXPECT_EQ(WriteTracker(again), WriteTracker(kept.Load()));
  auto text = WriteTracker(again);
  text.replace(text.find("on the wall"), 11, "in the file");
  EXPECT_NO_THROW(ReadTracker(WriteTracker(again)));
  auto audit = text;
  audit.replace(audit.find("on the wall"), 11, "in the file");
  EXPECT_THROW(ReadTracker(audit), Problem) << "the trail has the answer, too";
  for (const char* wrong : {"", "[]", "{}", "{\"format\":2}", "{\"format\":1}"}) {
    EXPECT_THROW(ReadTracker(wrong), Problem) << wrong;
  }
  fs::remove(file);
}

TEST_F(Desk, ReportsNameEveryCheckpointAndEscape) {
  desk_.AnswerItem("Q1.1", "<script>", "A");
  const auto html = ReportHtml(store_.Load(), clock_.Now(), "T");
  EXPECT_EQ(html.find("<script>"), std::string::npos);
  const auto text = ReportText(store_.Load(), clock_.Now(), "");
  for (const auto* item : ItemsOf(ItemKind::kCheckpoint)) {
    EXPECT_NE(html.find(item->id), std::string::npos) << item->id;
    EXPECT_NE(text.find(item->id), std::string::npos) << item->id;
  }
  EXPECT_NE(ReportJson(store_.Load(), clock_.Now()).find("\"C6.2\""), std::string::npos);
  EXPECT_EQ(ReportText(store_.Load(), clock_.Now(), "6").find("C1.1"), std::string::npos);
}

}  // namespace
}  // namespace outpost::transition
