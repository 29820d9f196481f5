#include "domain/user_cases/user_cases.h"

#include <gtest/gtest.h>

#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/archive.h"
#include "domain/intake/case_updates.h"
#include "domain/locations/assignment.h"
#include "domain/locations/locations.h"
#include "domain/locations/types.h"
#include "domain/people/custom_fields.h"
#include "domain/people/testing/people_world.h"
#include "domain/people/user_data.h"
#include "domain/user_cases/user_case.h"

namespace outpost::user_cases {
namespace {

class UserCasesTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_ = std::make_unique<people_testing::PeopleWorld>(scratch_);
    blobs_ = std::make_unique<blobs::BlobStore>(scratch_.folder() / "blobs");
    project_ = world_->AddProject("demo");
    Restart();
  }

  void Restart() {
    user_cases_ =
        std::make_unique<UserCases>(UserCasesParts{*world_->database, world_->writer, *blobs_});
  }
  void SwitchOn() {
    world_->Write([&](sql::Batch& batch) {
      projects::ChangeSettings(batch, "demo", R"({"user_cases": true})");
    });
  }
  void SetState(const people::Account& account, people::State state) {
    world_->Write([&](sql::Batch& batch) { people::SetState(batch, account.username, state); });
  }
  void SetData(const people::Account& account, const people::OwnData& data) {
    world_->Write(
        [&](sql::Batch& batch) { people::SetOwnData(batch, project_.row, account, data); });
  }
  /// The user cases of a worker, after everything that is due was done.
  std::vector<cases::Case> CasesOf(const people::Account& account) {
    user_cases_->CatchUp();
    std::vector<cases::Case> found;
    const auto reader = world_->database->Read();
    for (const auto& id : cases::IdsWithExternalId(*reader, project_.row, account.user_id)) {
      found.push_back(*cases::FindCase(*reader, *world_->database, project_.row, id));
    }
    return found;
  }
  cases::Case CaseOf(const people::Account& account) {
    const auto found = CasesOf(account);
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? cases::Case{} : found.front();
  }
  std::int64_t CountForms() {
    const auto reader = world_->database->Read();
    const auto rows = reader->Query("SELECT COUNT(*) FROM forms");
    return rows->Next() ? rows->Int(0) : -1;
  }
  std::string Property(const people::Account& account, const std::string& name) {
    const auto c = CaseOf(account);
    const auto found = c.properties.find(name);
    return found == c.properties.end() ? "(none)" : found->second.text;
  }

  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::unique_ptr<people_testing::PeopleWorld> world_;
  std::unique_ptr<blobs::BlobStore> blobs_;
  projects::Project project_;
  std::unique_ptr<UserCases> user_cases_;
};

TEST_P(UserCasesTest, AreOnlyMadeWhereTheProjectSpaceUsesThem) {
  const auto amina = world_->AddWorker(project_, "amina");
  EXPECT_TRUE(CasesOf(amina).empty());
  EXPECT_EQ(CountForms(), 0);
  SwitchOn();
  const auto made = CaseOf(amina);
  EXPECT_EQ(made.type, "commcare-user");
  EXPECT_EQ(made.name, "amina");
  EXPECT_EQ(made.owner_id, amina.user_id);
  EXPECT_EQ(made.opened_by, "system");
  EXPECT_EQ(made.properties.at("hq_user_id").text, amina.user_id);
  EXPECT_EQ(made.properties.at("commcare_project").text, "demo");
  const auto bakari = world_->AddWorker(project_, "bakari");
  EXPECT_EQ(CaseOf(bakari).name, "bakari");
  EXPECT_EQ(CountForms(), 2);
}

TEST_P(UserCasesTest, AreNotOfWebUsersNorOfOtherProjectSpaces) {
  SwitchOn();
  const auto other = world_->AddProject("other");
  const auto there = world_->AddWorker(other, "amina");
  const auto web = world_->AddWebUser("ann@example.org");
  world_->Write(
      [&](sql::Batch& batch) { people::AddMember(batch, web, project_.row, "App Editor", false); });
  EXPECT_TRUE(CasesOf(there).empty());
  EXPECT_TRUE(CasesOf(web).empty());
  EXPECT_EQ(CountForms(), 0);
}

TEST_P(UserCasesTest, FollowNamesDataProfilesFieldsAndLocations) {
  SwitchOn();
  const auto amina = world_->AddWorker(project_, "amina");
  world_->Write([&](sql::Batch& batch) {
    people::Person person;
    person.first_name = "Amina";
    person.phone_numbers = {"254700"};
    people::SetPerson(batch, amina, person);
  });
  EXPECT_EQ(CaseOf(amina).name, "Amina");
  EXPECT_EQ(Property(amina, "phone_number"), "254700");
  world_->Write([&](sql::Batch& batch) {
    people::CustomField field;
    field.slug = "cadre";
    people::SetFields(batch, project_.row, people::FieldsOf::kUsers, {field});
  });
  EXPECT_EQ(Property(amina, "cadre"), "");
  auto profile = world_->Write([&](sql::Batch& batch) {
    return people::PutProfile(batch, project_.row, {"", "Nurses", {{"cadre", "nurse"}}});
  });
  SetData(amina, {{{"village", "Kiambu"}}, profile.profile_id});
  EXPECT_EQ(Property(amina, "village"), "Kiambu");
  EXPECT_EQ(Property(amina, "cadre"), "nurse");
  profile.fields["cadre"] = "head nurse";
  world_->Write([&](sql::Batch& batch) { people::PutProfile(batch, project_.row, profile); });
  EXPECT_EQ(Property(amina, "cadre"), "head nurse");
}

TEST_P(UserCasesTest, FollowWhereAWorkerIsAssigned) {
  SwitchOn();
  const auto amina = world_->AddWorker(project_, "amina");
  const auto place = world_->Write([&](sql::Batch& batch) {
    locations::LocationType type;
    type.code = type.name = "village";
    type = locations::PutType(batch, project_.row, type);
    locations::Location location;
    location.name = "Kiambu";
    location.type = type.row;
    return locations::CreateLocation(batch, project_.row, location);
  });
  EXPECT_EQ(Property(amina, "commcare_location_id"), "(none)");
  world_->Write([&](sql::Batch& batch) {
    const std::vector<std::string> ids = {place.location_id};
    locations::Assign(batch, project_.row, amina, ids, "");
  });
  EXPECT_EQ(Property(amina, "commcare_location_id"), place.location_id);
}

TEST_P(UserCasesTest, ThatSayEverythingCostNoForm) {
  SwitchOn();
  const auto amina = world_->AddWorker(project_, "amina");
  SetData(amina, {{{"since", "2024-01-01T02:00:00.000+02:00"}, {"note", " two  blanks "}}, ""});
  CaseOf(amina);
  const auto forms = CountForms();
  SetData(amina, {{{"since", "2024-01-01T02:00:00.000+02:00"}, {"note", " two  blanks "}}, ""});
  CaseOf(amina);
  Restart();
  CaseOf(amina);
  EXPECT_EQ(CountForms(), forms);
}

TEST_P(UserCasesTest, CloseWithTheirWorkerAndOpenAgain) {
  SwitchOn();
  const auto amina = world_->AddWorker(project_, "amina");
  const auto made = CaseOf(amina);
  for (const auto gone : {people::State::kDeactivated, people::State::kDeleted}) {
    SetState(amina, gone);
    EXPECT_TRUE(CaseOf(amina).is_closed);
    SetState(amina, people::State::kActive);
    const auto again = CaseOf(amina);
    EXPECT_FALSE(again.is_closed);
    EXPECT_EQ(again.case_id, made.case_id);
    EXPECT_EQ(again.properties.at("hq_user_id").text, amina.user_id);
  }
}

TEST_P(UserCasesTest, OfWorkersWhoAreGoneAreNotMade) {
  const auto amina = world_->AddWorker(project_, "amina");
  SetState(amina, people::State::kDeactivated);
  SwitchOn();
  EXPECT_TRUE(CasesOf(amina).empty());
}

TEST_P(UserCasesTest, WaitWhileTheProjectSpaceIsOnHold) {
  SwitchOn();
  world_->Write(
      [&](sql::Batch& batch) { projects::SetStage(batch, "demo", projects::Stage::kHold); });
  const auto amina = world_->AddWorker(project_, "amina");
  EXPECT_TRUE(CasesOf(amina).empty());
  world_->Write(
      [&](sql::Batch& batch) { projects::SetStage(batch, "demo", projects::Stage::kLive); });
  EXPECT_EQ(CaseOf(amina).name, "amina");
}

TEST_P(UserCasesTest, KeepWhatAnAppAddsAndAreRebuiltToTheSame) {
  SwitchOn();
  const auto amina = world_->AddWorker(project_, "amina");
  intake::CaseUpdates request;
  request.project = std::make_shared<projects::Project>(project_);
  request.xmlns = "http://openrosa.org/formdesigner/1";
  request.user_id = amina.user_id;
  auto& update = request.updates.emplace_back();
  update.mode = intake::CaseUpdate::Mode::kUpdate;
  update.case_id = CaseOf(amina).case_id;
  update.properties = {{"visits", "3"}, {"village", "of the app"}};
  {
    const auto reading = world_->database->Read();
    intake::UpdateCases({*world_->database, world_->writer, *blobs_, world_->clock}, *reading,
                        request);
  }
  SetData(amina, {{{"village", "Kiambu"}}, ""});
  EXPECT_EQ(Property(amina, "village"), "Kiambu");
  EXPECT_EQ(Property(amina, "visits"), "3");
  const auto before = CaseOf(amina);
  world_->Write([&](sql::Batch& batch) {
    intake::RebuildCaseByRequest(batch, *blobs_, {project_, "u9"}, before.case_id);
  });
  const auto after = CaseOf(amina);
  EXPECT_EQ(after.properties, before.properties);
  EXPECT_EQ(after.name, before.name);
  EXPECT_EQ(after.external_id, amina.user_id);
}

TEST_P(UserCasesTest, OfManyWorkersAreAllMadeWithOneFormEach) {
  std::vector<people::Account> workers;
  const auto many = static_cast<std::size_t>(kWorkersPerPage) + kWorkersPerJob / 2;
  for (std::size_t i = 0; i < many; ++i) {
    workers.push_back(world_->AddWorker(project_, "w" + std::to_string(i)));
  }
  SwitchOn();
  for (const auto& worker : workers) EXPECT_EQ(CasesOf(worker).size(), 1U);
  EXPECT_EQ(CountForms(), static_cast<std::int64_t>(many));
}

TEST_P(UserCasesTest, AreMadeByTheThreadWithoutBeingAsked) {
  SwitchOn();
  user_cases_->Start();
  const auto amina = world_->AddWorker(project_, "amina");
  bool is_made = false;
  for (int i = 0; i < 200 && !is_made; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    is_made =
        !cases::IdsWithExternalId(*world_->database->Read(), project_.row, amina.user_id).empty();
  }
  EXPECT_TRUE(is_made);
  user_cases_->Stop();
}

INSTANTIATE_TEST_SUITE_P(Engines, UserCasesTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& one) { return sql_testing::NameOf(one.param); });

}  // namespace
}  // namespace outpost::user_cases
