#include "domain/user_cases/user_cases.h"

#include <sys/resource.h>

#include <chrono>
#include <vector>

#include "base/ids.h"
#include "base/log.h"
#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/intake/archive.h"
#include "domain/intake/server_form.h"
#include "domain/locations/user_data_parts.h"
#include "domain/people/marks.h"
#include "domain/user_cases/user_case.h"
#include "store/changelog/changelog.h"

namespace outpost::user_cases {
namespace {

constexpr const char* kDevice = "user_cases";
constexpr int kNiceness = 10;
constexpr int kChangesPerLook = 1'000;
/// Changes of so long are looked at together.
constexpr std::int64_t kRestMicros = 50'000;
/// How long a commit of another process may go unnoticed.
constexpr std::int64_t kWaitMicros = kMicrosPerSecond;
constexpr std::int64_t kPauseAfterFailureMicros = 5 * kMicrosPerSecond;

using people::Account;
using projects::Project;

bool HasUserCases(const Project& project) {
  return project.settings.has_user_cases && project.stage == projects::Stage::kLive &&
         !project.is_suspended;
}

bool IsWorkerOf(const Account& account, const Project& project) {
  return account.kind == people::Kind::kMobileWorker && account.project == project.row;
}

Wanted ReadWanted(sql::Connection& connection, const Project& project, const Account& account) {
  const auto assigned = locations::AssignmentOf(connection, project.row, account.row);
  return WantedOf(account, people::ComposeApiUserData(
                               locations::UserDataPartsOf(connection, project, account, assigned)));
}

/// The worker's user cases among those found under their id.
std::vector<cases::Case> UserCasesAmong(std::vector<cases::Case> found) {
  std::erase_if(found, [](const cases::Case& c) { return c.is_deleted || c.type != kCaseType; });
  return found;
}

std::vector<cases::Case> FromStores(sql::Connection& connection, const sql::Database& database,
                                    std::int64_t project, const std::string& user_id) {
  std::vector<cases::Case> found;
  const auto ids = cases::IdsWithExternalId(connection, project, user_id);
  for (auto& one : cases::FindCases(connection, database, project, ids)) {
    if (one) found.push_back(std::move(*one));
  }
  return UserCasesAmong(std::move(found));
}

std::vector<cases::Case> FromBatch(sql::Batch& batch, std::int64_t project,
                                   const std::string& user_id) {
  std::vector<cases::Case> found;
  auto& known = batch.State<cases::CaseSet>();
  for (const auto& id : known.IdsWithExternalId(project, user_id)) {
    if (const auto* one = known.Find(project, id)) found.push_back(*one);
  }
  return UserCasesAmong(std::move(found));
}

intake::ParsedSubmission FormOf(const Project& project, const Change& change,
                                const cases::Case* present, Instant at) {
  intake::ServerForm form;
  form.project = std::make_shared<const Project>(project);
  form.device_id = kDevice;
  form.at = at;
  form.blocks = intake::CaseBlockXml(
      *change.update,
      {present == nullptr ? NewHexId() : present->case_id, change.is_new, form.user_id}, at);
  return intake::ParseStored(intake::SubmissionOf(form));
}

/// Nothing where the case would stay as it is.
std::optional<intake::ParsedSubmission> FormFor(const Project& project, const Wanted& wanted,
                                                const cases::Case* present, Instant at) {
  const auto change = ChangeFor(wanted, present);
  if (!change.update) return std::nullopt;
  auto form = FormOf(project, change, present, at);
  const auto& blocks = form.found.blocks;
  if (present != nullptr && blocks.size() == 1 && ChangesNothing(blocks.front(), *present)) {
    return std::nullopt;
  }
  return form;
}

bool IsDue(sql::Connection& connection, const sql::Database& database, const Project& project,
           const Account& account) {
  const auto wanted = ReadWanted(connection, project, account);
  const auto of_worker = FromStores(connection, database, project.row, account.user_id);
  const auto* present = Chosen(of_worker);
  return ChangeFor(wanted, present).reopens || FormFor(project, wanted, present, Instant{});
}

/// Takes the forms that closed the case out of effect, as CommCare HQ does.
void Reopen(sql::Batch& batch, const blobs::BlobStore& blobs, const Project& project,
            const cases::Case& closed) {
  auto& connection = batch.connection();
  for (const auto& transaction : cases::ListTransactions(connection, closed.row)) {
    const bool closes = (transaction.type & cases::kCloseTransaction) != 0;
    if (!closes || transaction.is_revoked || transaction.form_row == 0) continue;
    const auto form = forms::FindFormByRow(connection, transaction.form_row);
    if (!form || form->state != forms::FormState::kNormal || form->deleted_on) continue;
    intake::ArchiveForm(batch, blobs, {project, "system"}, form->form_id);
  }
}

void Bring(sql::Batch& batch, const blobs::BlobStore& blobs, const Project& project,
           const Account& account) {
  const auto wanted = ReadWanted(batch.connection(), project, account);
  auto of_worker = FromBatch(batch, project.row, account.user_id);
  if (const auto* present = Chosen(of_worker); ChangeFor(wanted, present).reopens) {
    Reopen(batch, blobs, project, *present);
    of_worker = FromBatch(batch, project.row, account.user_id);
  }
  auto form = FormFor(project, wanted, Chosen(of_worker), batch.now());
  if (!form) return;
  const auto receipt = intake::ApplyServerForm(batch, std::move(*form), blobs);
  if (receipt.outcome == intake::Outcome::kProcessed) return;
  Log(LogLevel::kWarning, "user_cases.refused",
      {{"user_id", account.user_id}, {"why", receipt.problem}});
}

/// Everything is read again: what was seen outside may have changed.
void BringAll(sql::Batch& batch, const blobs::BlobStore& blobs, const std::string& project_name,
              const std::vector<std::int64_t>& accounts) {
  const auto project = projects::Find(batch.connection(), project_name);
  if (!project || !HasUserCases(*project)) return;
  for (const auto row : accounts) {
    const auto account = people::FindByRow(batch.connection(), row);
    if (account && IsWorkerOf(*account, *project)) Bring(batch, blobs, *project, *account);
  }
}

/// Gathers workers whose case differs and gives them to the writer.
class Jobs {
 public:
  Jobs(const UserCasesParts& parts, const Project& project) : parts_(parts), project_(project) {}

  void Add(std::int64_t account) {
    accounts_.push_back(account);
    if (accounts_.size() == kWorkersPerJob) Send();
  }
  void Send() {
    if (accounts_.empty()) return;
    parts_.writer.RunBulk(project_.row, [this](sql::Batch& batch) {
      BringAll(batch, parts_.blobs, project_.name, accounts_);
    });
    accounts_.clear();
  }

 private:
  const UserCasesParts& parts_;
  const Project& project_;
  std::vector<std::int64_t> accounts_;
};

}  // namespace

UserCases::Due UserCases::FindDue() {
  Due due;
  const auto reader = parts_.database.Read();
  due.until = changelog::NewestSeq(*reader);
  auto projects = projects::List(*reader);
  std::erase_if(projects, [](const Project& project) { return !HasUserCases(project); });
  if (projects.empty()) return due;  // with the switch everybody is looked at
  const bool is_first = until_ == 0;
  if (!is_first && due.until != until_) {
    const auto read =
        changelog::ReadTopicsAfter(*reader, changelog::Topic::kUser, until_, kChangesPerLook);
    due.until = read.until;
    due.is_all = read.changes.size() < static_cast<std::size_t>(kChangesPerLook);
    for (const auto& change : read.changes) {
      if (change.topic == changelog::Topic::kProject) due.projects.insert(change.row);
      if (change.topic == changelog::Topic::kUser && change.project != 0) {
        due.accounts[change.project].insert(change.row);
      }
    }
  }
  for (const auto& project : projects) {
    auto& mark = due.marks[project.row];
    mark = people::ReadMark(*reader, project.row, people::kUserDataMark);
    const auto seen = marks_.find(project.row);
    if (is_first || seen == marks_.end() || seen->second != mark) due.projects.insert(project.row);
  }
  return due;
}

void UserCases::CatchUp() {
  const std::lock_guard lock(mutex_);
  for (bool is_all = false; !is_all && !IsStopping();) {
    auto due = FindDue();
    is_all = due.is_all;
    if (!due.projects.empty() || !due.accounts.empty()) {
      const auto known = projects::List(*parts_.database.Read());
      for (const auto& project : known) {
        if (!HasUserCases(project)) continue;
        if (due.projects.contains(project.row)) {
          LookAtProject(project);
        } else {
          LookAt(project, due.accounts[project.row]);
        }
      }
    }
    if (IsStopping()) return;
    until_ = due.until;
    marks_ = std::move(due.marks);
  }
}

void UserCases::LookAtProject(const projects::Project& project) {
  Jobs jobs(parts_, project);
  std::string after;
  for (bool is_last = false; !is_last && !IsStopping();) {
    std::vector<std::int64_t> due;
    {
      const auto reader = parts_.database.Read();
      const auto page = people::List(*reader, project.row, kWorkersPerPage, after);
      is_last = page.size() < static_cast<std::size_t>(kWorkersPerPage);
      for (const auto& account : page) {
        after = account.username;
        if (IsWorkerOf(account, project) && IsDue(*reader, parts_.database, project, account)) {
          due.push_back(account.row);
        }
      }
    }
    for (const auto row : due) jobs.Add(row);
  }
  jobs.Send();
}

void UserCases::LookAt(const projects::Project& project, const std::set<std::int64_t>& accounts) {
  Jobs jobs(parts_, project);
  for (const auto row : accounts) {
    bool is_due = false;
    {
      const auto reader = parts_.database.Read();
      const auto account = people::FindByRow(*reader, row);
      is_due = account && IsWorkerOf(*account, project) &&
               IsDue(*reader, parts_.database, project, *account);
    }
    if (is_due) jobs.Add(row);
  }
  jobs.Send();
}

void UserCases::Run(const std::stop_token& stop) {
  (void)::setpriority(PRIO_PROCESS, 0, kNiceness);  // of this thread, on Linux
  while (!stop.stop_requested()) {
    std::int64_t pause = kRestMicros;
    try {
      const auto seen = parts_.writer.committed_seq();
      CatchUp();
      parts_.writer.WaitForCommitAfter(seen, kWaitMicros);
    } catch (const std::exception& error) {
      Log(LogLevel::kError, "user_cases.failed", {{"error", error.what()}});
      pause = kPauseAfterFailureMicros;
    }
    std::unique_lock lock(rest_mutex_);
    rest_.wait_for(lock, stop, std::chrono::microseconds(pause), [] { return false; });
  }
}

void UserCases::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void UserCases::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace outpost::user_cases
