#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "domain/cases/case_store.h"
#include "domain/intake/archive.h"
#include "domain/intake/deletion.h"
#include "domain/intake/intake.h"
#include "domain/intake/testing/model.h"
#include "domain/ledgers/ledger_store.h"
#include "domain/people/testing/people_world.h"

namespace outpost::intake {
namespace {

using intake_testing::Block;
using intake_testing::Content;
using intake_testing::Line;
using intake_testing::Model;
using intake_testing::State;

constexpr int kStepsPerHistory = 25;
constexpr std::int64_t kEpoch = 1'700'000'000'000'000;

std::string RenderBlock(const Block& block) {
  std::string xml = "<g><case xmlns='http://commcarehq.org/case/transaction/v2' case_id='" +
                    block.case_id + "' date_modified='" + FormatT6({block.date}) + "'>";
  if (block.creates) {
    xml += "<create><case_type>" + block.type + "</case_type><case_name>" + block.name +
           "</case_name><owner_id>" + block.owner + "</owner_id></create>";
  }
  if (!block.update.empty()) xml += "<update>";
  for (const auto& [name, value] : block.update)
    xml += "<" + name + ">" + value + "</" + name + ">";
  if (!block.update.empty()) xml += "</update>";
  if (!block.indices.empty()) xml += "<index>";
  for (const auto& [identifier, reference] : block.indices) {
    xml += "<" + identifier + " case_type='t'>" + reference + "</" + identifier + ">";
  }
  if (!block.indices.empty()) xml += "</index>";
  return xml + (block.closes ? "<close/>" : "") + "</case></g>";
}

std::string RenderLine(const Line& line) {
  const std::string entry =
      "<entry id='" + line.entry + "' quantity='" + std::to_string(std::abs(line.quantity)) + "'/>";
  const std::string common = " date='" + FormatT6({line.date}) +
                             "' section-id='stock' xmlns='http://commcarehq.org/ledger/v1'>" +
                             entry;
  if (!line.is_transfer) {
    return "<balance entity-id='" + line.case_id + "'" + common + "</balance>";
  }
  const std::string side = line.quantity < 0 ? "src" : "dest";
  return "<transfer " + side + "='" + line.case_id + "'" + common + "</transfer>";
}

std::string RenderForm(const std::string& id, const Content& content) {
  std::string xml = "<d xmlns='http://example.org/f'>";
  for (const auto& block : content.blocks) xml += RenderBlock(block);
  for (const auto& line : content.lines) xml += RenderLine(line);
  return xml + "<meta><instanceID>" + id + "</instanceID><userID>" + content.user +
         "</userID></meta></d>";
}

/// What one random history does, to the program and to the model, and what each has then.
class History {
 public:
  History(people_testing::PeopleWorld& world, const blobs::BlobStore& blobs, unsigned seed)
      : world_(world),
        blobs_(blobs),
        intake_(*world.database, world.writer, blobs, world.clock),
        project_(world.AddProject("h-" + std::to_string(seed))),
        random_(seed) {}

  void Run() {
    for (int step = 0; step < kStepsPerHistory && !testing::Test::HasFailure(); ++step) {
      now_ += kMicrosPerDay;
      world_.clock.Set({now_});
      Step();
      Compare();
    }
    RebuildAll();
  }
  const std::string& told() const { return told_; }

 private:
  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  std::string CaseId() { return "c" + std::to_string(Pick(4)); }
  std::int64_t PhoneTime() { return kEpoch + Pick(60) * kMicrosPerDay; }
  void Tell(const std::string& what) { told_ += "\n  " + what; }

  Block RandomBlock() {
    Block block;
    block.case_id = CaseId();
    block.date = PhoneTime();
    if (Pick(3) == 0) {
      block.creates = true;
      block.type = "t" + std::to_string(Pick(2));
      block.name = "n" + std::to_string(Pick(9));
      block.owner = Pick(3) == 0 ? "" : "o" + std::to_string(Pick(3));
    }
    for (int i = Pick(3); i > 0; --i) {
      block.update["p" + std::to_string(Pick(3))] = "v" + std::to_string(Pick(99));
    }
    if (Pick(6) == 0) block.update["owner_id"] = "o" + std::to_string(Pick(3));
    if (Pick(4) == 0) block.indices["parent"] = Pick(4) == 0 ? "" : CaseId();
    block.closes = Pick(6) == 0;
    return block;
  }

  Line RandomLine() {
    Line line;
    line.is_transfer = Pick(2) == 0;
    line.case_id = CaseId();
    line.entry = "e" + std::to_string(Pick(2));
    line.quantity = 1 + Pick(50);
    if (line.is_transfer && Pick(2) == 0) line.quantity = -line.quantity;
    line.date = PhoneTime();
    return line;
  }

  Content RandomContent() {
    Content content;
    content.user = "u" + std::to_string(Pick(3));
    for (int i = 1 + Pick(3); i > 0; --i) content.blocks.push_back(RandomBlock());
    if (Pick(3) == 0) {
      for (int i = 1 + Pick(3); i > 0; --i) content.lines.push_back(RandomLine());
    }
    return content;
  }

  std::string AnyOf(State state) {
    const auto ids = model_.FormsIn(state);
    return ids.empty() ? "" : ids[static_cast<std::size_t>(Pick(static_cast<int>(ids.size())))];
  }

  Outcome Send(const std::string& id, const Content& content) {
    const auto xml = RenderForm(id, content);
    Tell("submit " + xml);
    Submission submission;
    submission.project = std::make_shared<projects::Project>(project_);
    submission.xml = xml;
    submission.received_on = {now_};
    std::vector<ParsedSubmission> forms;
    forms.push_back(intake_.ParseForm(std::move(submission)));
    return intake_.ReceiveBulk(std::move(forms)).front().outcome;
  }

  void Submit(const std::string& id) {
    const auto content = RandomContent();
    const bool is_accepted = model_.Submit(id, content, now_);
    EXPECT_EQ(Send(id, content), is_accepted ? Outcome::kProcessed : Outcome::kContentError);
  }

  void SendAgain(const std::string& id) {
    const auto outcome = Send(id, model_.form(id).content);
    if (model_.form(id).state == State::kError) {
      const bool is_accepted = model_.Reprocess(id, now_);
      EXPECT_EQ(outcome, is_accepted ? Outcome::kDuplicate : Outcome::kErrorAgain);
    } else {
      EXPECT_EQ(outcome, Outcome::kDuplicate);
    }
  }

  template <class Act>
  void Administer(const std::string& what, Act act) {
    Tell(what);
    const Deed deed{project_, "admin"};
    world_.Write([&](sql::Batch& batch) { act(batch, deed); });
  }

  void Archive(const std::string& id) {
    Administer("archive " + id,
               [&](sql::Batch& batch, const Deed& deed) { ArchiveForm(batch, blobs_, deed, id); });
    model_.Archive(id, now_);
  }

  void Unarchive(const std::string& id) {
    Administer("unarchive " + id, [&](sql::Batch& batch, const Deed& deed) {
      UnarchiveForm(batch, blobs_, deed, id);
    });
    model_.Unarchive(id, now_);
  }

  void TurnCase(const std::string& id) {
    const auto found = model_.cases().find(id);
    if (found == model_.cases().end()) return;
    if (found->second.is_deleted) {
      Administer("undelete " + id,
                 [&](sql::Batch& batch, const Deed& deed) { UndeleteCase(batch, deed, id); });
      model_.TurnCase(id, false, now_);
    } else {
      Administer("delete " + id, [&](sql::Batch& batch, const Deed& deed) {
        DeleteCase(batch, blobs_, deed, id, false);
      });
      model_.TurnCase(id, true, now_);
    }
  }

  void Step() {
    const int what = Pick(20);
    const std::string normal = AnyOf(State::kNormal);
    const std::string archived = AnyOf(State::kArchived);
    const std::string failed = AnyOf(State::kError);
    if (what < 3 && !normal.empty()) return Archive(normal);
    if (what < 5 && !archived.empty()) return Unarchive(archived);
    if (what < 7 && !failed.empty()) return SendAgain(failed);
    if (what < 8 && !normal.empty()) return SendAgain(normal);
    if (what < 10 && !normal.empty()) return Submit(normal);
    if (what < 11 && !archived.empty()) return Submit(archived);
    if (what < 12 && !failed.empty()) return Submit(failed);
    if (what < 13) return TurnCase(CaseId());
    Submit("f" + std::to_string(forms_made_++));
  }

  void RebuildAll() {
    now_ += kMicrosPerDay;
    world_.clock.Set({now_});
    for (const auto& [id, expected] : model_.cases()) {
      Administer("rebuild " + id, [&](sql::Batch& batch, const Deed& deed) {
        RebuildCaseByRequest(batch, blobs_, deed, id);
      });
    }
    for (const auto& id : {"c0", "c1", "c2", "c3"}) {
      if (model_.cases().contains(id)) model_.Rebuild(id, now_);
    }
    Compare();
  }

  void Compare() {
    const auto reader = world_.database->Read();
    for (const std::string id : {"c0", "c1", "c2", "c3"}) {
      const auto stored = cases::FindCase(*reader, *world_.database, project_.row, id);
      const auto expected = model_.cases().find(id);
      ASSERT_EQ(stored.has_value(), expected != model_.cases().end()) << id << told_;
      if (!stored) continue;
      CompareCase(*stored, expected->second);
      CompareLedgers(*reader, *stored);
    }
  }

  static std::string Show(const std::optional<std::int64_t>& at) {
    return at ? FormatT6({*at}) : "never";
  }
  static std::string Show(const std::optional<Instant>& at) { return at ? FormatT6(*at) : "never"; }

  void CompareCase(const cases::Case& stored, const intake_testing::Case& expected) {
    const auto what = stored.case_id + told_;
    EXPECT_EQ(stored.type, expected.type) << what;
    EXPECT_EQ(stored.name, expected.name) << what;
    EXPECT_EQ(stored.owner_id, expected.owner) << what;
    EXPECT_EQ(stored.opened_by, expected.opened_by) << what;
    EXPECT_EQ(stored.modified_by, expected.modified_by) << what;
    EXPECT_EQ(stored.closed_by, expected.closed_by) << what;
    EXPECT_EQ(stored.is_closed, expected.is_closed) << what;
    EXPECT_EQ(stored.is_deleted, expected.is_deleted) << what;
    EXPECT_EQ(Show(stored.opened_on), Show(expected.opened_on)) << what;
    EXPECT_EQ(Show(stored.modified_on), Show(expected.modified_on)) << what;
    EXPECT_EQ(Show(stored.closed_on), Show(expected.closed_on)) << what;
    std::map<std::string, std::string> properties, indices;
    for (const auto& [name, value] : stored.properties) properties[name] = value.text;
    for (const auto& index : stored.indices) indices[index.identifier] = index.referenced_id;
    EXPECT_EQ(properties, expected.properties) << what;
    EXPECT_EQ(indices, expected.indices) << what;
  }

  void CompareLedgers(sql::Connection& reader, const cases::Case& owner) {
    std::map<std::string, std::int64_t> balances, expected_balances;
    for (const auto& value : ledgers::ListValues(reader, owner.row, owner.case_id)) {
      balances[value.key.entry_id] = value.balance;
    }
    for (const auto& [key, ledger] : model_.ledgers()) {
      if (key.first != owner.case_id) continue;
      if (ledger.balance) expected_balances[key.second] = *ledger.balance;
      std::vector<std::pair<std::int64_t, std::int64_t>> lines, expected;
      for (const auto& line :
           ledgers::ListTransactions(reader, {{owner.case_id, "stock", key.second}, owner.row})) {
        lines.emplace_back(line.delta, line.updated_balance);
      }
      auto sorted = ledger.lines;
      std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
        return std::tuple(a.date, a.form, a.step) < std::tuple(b.date, b.form, b.step);
      });
      for (const auto& line : sorted) expected.emplace_back(line.delta, line.balance);
      EXPECT_EQ(lines, expected) << owner.case_id << "/" << key.second << told_;
    }
    EXPECT_EQ(balances, expected_balances) << owner.case_id << told_;
  }

  people_testing::PeopleWorld& world_;
  const blobs::BlobStore& blobs_;
  Intake intake_;
  projects::Project project_;
  std::mt19937 random_;
  Model model_;
  std::int64_t now_ = kEpoch + 100 * kMicrosPerDay;
  int forms_made_ = 0;
  std::string told_;
};

/// How many histories; OUTPOST_MODEL_HISTORIES for the long run.
unsigned HistoriesWanted() {
  const char* wanted = std::getenv("OUTPOST_MODEL_HISTORIES");
  return wanted == nullptr ? 60u : static_cast<unsigned>(std::strtoul(wanted, nullptr, 10));
}

class ModelTest : public testing::TestWithParam<sql::Engine> {};

TEST_P(ModelTest, RandomHistoriesLeaveWhatASimpleModelHas) {
  sql_testing::ScratchDatabase scratch(GetParam());
  if (!scratch.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
  people_testing::PeopleWorld world(scratch);
  const blobs::BlobStore blobs(scratch.folder() / "blobs");
  for (unsigned seed = 1; seed <= HistoriesWanted(); ++seed) {
    History history(world, blobs, seed);
    history.Run();
    if (HasFailure()) FAIL() << "seed " << seed << history.told();
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, ModelTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& engine) { return sql_testing::NameOf(engine.param); });

}  // namespace
}  // namespace outpost::intake
