#include "domain/intake/read_ahead.h"

#include <gtest/gtest.h>

#include "base/problem.h"
#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/archive.h"
#include "domain/intake/deletion.h"
#include "domain/intake/intake.h"
#include "domain/people/testing/people_world.h"

namespace outpost::intake {
namespace {

class ReadAheadTest : public testing::Test {
 protected:
  /// A form that gives the case "c" a property.
  void Send(const std::string& id, const std::string& value) {
    Submission submission;
    submission.project = std::make_shared<projects::Project>(project_);
    submission.xml =
        "<d xmlns='u'><case xmlns='http://commcarehq.org/case/transaction/v2' case_id='c'><update>"
        "<" +
        id + ">" + value + "</" + id + "></update></case><meta><instanceID>" + id +
        "</instanceID></meta></d>";
    submission.received_on = world_.clock.Now();
    std::vector<ParsedSubmission> forms;
    forms.push_back(intake_.ParseForm(std::move(submission)));
    EXPECT_EQ(intake_.ReceiveBulk(std::move(forms)).front().outcome, Outcome::kProcessed);
    world_.clock.Advance(kMicrosPerSecond);
  }
  void AddCase() {
    const auto reader = world_.database->Read();
    ahead_.AddCase(*reader, project_.row, "c");
  }
  std::string Property(const std::string& name) {
    const auto found =
        cases::FindCase(*world_.database->Read(), *world_.database, project_.row, "c");
    const auto at = found->properties.find(name);
    return at == found->properties.end() ? "" : at->second.text;
  }
  /// From here on a stored form can be found but not read.
  void DamageForms() {
    world_.Write([](sql::Batch& batch) {
      batch.connection().Execute("UPDATE forms SET xml = $1", {sql::Bytes{"no zstd"}});
    });
  }

  sql_testing::ScratchDatabase scratch_{sql::Engine::kSqlite};
  people_testing::PeopleWorld world_{scratch_};
  blobs::BlobStore blobs_{scratch_.folder() / "blobs"};
  Intake intake_{*world_.database, world_.writer, blobs_, world_.clock};
  projects::Project project_ = world_.AddProject("demo");
  ReadAhead ahead_{*world_.database, blobs_};
  Deed deed_{project_, "admin", &ahead_};
};

TEST_F(ReadAheadTest, TheWriterReadsNoFormThatWasReadBefore) {
  Send("first", "1");
  Send("second", "2");
  {
    const auto reader = world_.database->Read();
    ahead_.AddForm(*reader, project_.row, "second");
  }
  DamageForms();
  world_.Write([&](sql::Batch& batch) { ArchiveForm(batch, blobs_, deed_, "second"); });
  EXPECT_EQ(Property("first"), "1");
  EXPECT_EQ(Property("second"), "");
  world_.Write([&](sql::Batch& batch) {
    RebuildCaseByRequest(batch, blobs_, deed_, "c");
    EXPECT_EQ(DeleteCase(batch, blobs_, deed_, "c", true).form_ids.size(), 2U);
  });
}

TEST_F(ReadAheadTest, WhatWasNotReadBeforeIsReadByTheWriter) {
  Send("first", "1");
  AddCase();
  Send("second", "2");
  world_.Write([&](sql::Batch& batch) { RebuildCaseByRequest(batch, blobs_, deed_, "c"); });
  EXPECT_EQ(Property("first"), "1");
  EXPECT_EQ(Property("second"), "2");
  DamageForms();
  EXPECT_THROW(
      world_.Write([&](sql::Batch& batch) { RebuildCaseByRequest(batch, blobs_, deed_, "c"); }),
      Problem);
}

TEST_F(ReadAheadTest, AFormThatWasEditedMeanwhileCountsAsItIsNow) {
  Send("first", "1");
  AddCase();
  Send("first", "2");
  world_.Write([&](sql::Batch& batch) { RebuildCaseByRequest(batch, blobs_, deed_, "c"); });
  EXPECT_EQ(Property("first"), "2");
}

TEST_F(ReadAheadTest, NothingIsReadForWhatDoesNotExist) {
  AddCase();
  const auto reader = world_.database->Read();
  ahead_.AddForm(*reader, project_.row, "nothing");
  EXPECT_EQ(ahead_.Find(forms::FormRecord{}), nullptr);
}

}  // namespace
}  // namespace outpost::intake
