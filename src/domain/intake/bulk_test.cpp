#include <gtest/gtest.h>

#include "domain/cases/case_store.h"
#include "domain/intake/archive.h"
#include "domain/intake/intake.h"
#include "domain/ledgers/ledger_store.h"
#include "domain/people/testing/people_world.h"

namespace outpost::intake {
namespace {

constexpr int kCases = 2'000;
/// Reading every form once for each of its cases takes minutes here.
constexpr std::int64_t kMicrosMax = 20 * kMicrosPerSecond;

std::string CaseId(int number) { return "c" + std::to_string(number); }

/// A form that gives every case a property, and, where asked, one line of its ledger.
std::string BulkForm(const std::string& id, const std::string& value, bool has_blocks,
                     bool has_ledgers) {
  std::string xml = "<d xmlns='u'>";
  for (int i = 0; i < kCases; ++i) {
    if (has_blocks) {
      xml += "<g><case xmlns='http://commcarehq.org/case/transaction/v2' case_id='" + CaseId(i) +
             "'><update><" + id + ">" + value + "</" + id + "></update></case></g>";
    }
    if (has_ledgers) {
      xml += "<balance xmlns='http://commcarehq.org/ledger/v1' entity-id='" +
             CaseId(kCases - 1 - i) + "' section-id='stock'><entry id='p' quantity='" + value +
             "'/></balance>";
    }
  }
  return xml + "<meta><instanceID>" + id + "</instanceID></meta></d>";
}

class BulkTest : public testing::Test {
 protected:
  void Send(const std::string& xml) {
    Submission submission;
    submission.project = std::make_shared<projects::Project>(project_);
    submission.xml = xml;
    submission.received_on = world_.clock.Now();
    std::vector<ParsedSubmission> forms;
    forms.push_back(intake_.ParseForm(std::move(submission)));
    EXPECT_EQ(intake_.ReceiveBulk(std::move(forms)).front().outcome, Outcome::kProcessed);
    world_.clock.Advance(kMicrosPerSecond);
  }
  std::optional<cases::Case> Find(int number) {
    return cases::FindCase(*world_.database->Read(), *world_.database, project_.row,
                           CaseId(number));
  }

  sql_testing::ScratchDatabase scratch_{sql::Engine::kSqlite};
  people_testing::PeopleWorld world_{scratch_};
  blobs::BlobStore blobs_{scratch_.folder() / "blobs"};
  Intake intake_{*world_.database, world_.writer, blobs_, world_.clock};
  projects::Project project_ = world_.AddProject("demo");
};

TEST_F(BulkTest, AnEditAndAnArchiveOfManyCasesReadEachFormOnce) {
  Send(BulkForm("first", "1", true, false));
  Send(BulkForm("second", "2", true, false));
  const auto started = SteadyMicros();
  Send(BulkForm("first", "3", true, false));
  world_.Write([&](sql::Batch& batch) {
    ArchiveForm(batch, blobs_, {project_, "admin"}, "second");
  });
  EXPECT_LT(SteadyMicros() - started, kMicrosMax);
  const auto last = Find(kCases - 1);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->properties.at("first").text, "3");
  EXPECT_FALSE(last->properties.contains("second"));
}

TEST_F(BulkTest, LedgerLinesOfManyCasesWithoutBlocksJoinInOrder) {
  Send(BulkForm("cases", "1", true, false));
  const auto started = SteadyMicros();
  Send(BulkForm("stock", "7", false, true));
  EXPECT_LT(SteadyMicros() - started, kMicrosMax);
  const auto reader = world_.database->Read();
  for (const int number : {0, kCases / 2, kCases - 1}) {
    const auto found = Find(number);
    ASSERT_TRUE(found);
    const auto ledgers = ledgers::ListValues(*reader, found->row, found->case_id);
    ASSERT_EQ(ledgers.size(), 1u);
    EXPECT_EQ(ledgers[0].balance, 7);
    const auto transactions = cases::ListTransactions(*reader, found->row);
    ASSERT_EQ(transactions.size(), 2u);
    EXPECT_EQ(transactions[1].type, cases::kFormTransaction | cases::kLedgerTransaction);
  }
}

}  // namespace
}  // namespace outpost::intake
