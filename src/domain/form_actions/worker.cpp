#include "domain/form_actions/worker.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "base/problem.h"
#include "domain/forms/form_store.h"
#include "domain/intake/archive.h"
#include "domain/intake/deletion.h"
#include "domain/intake/read_ahead.h"

namespace outpost::form_actions {
namespace {

/// Forms of one project space before the next one has its turn.
constexpr int kFormsPerTurn = 20;
/// How often it looks whether a project space is live again.
constexpr auto kLookAgain = std::chrono::seconds(5);

using forms::FormRecord;
using forms::FormState;
using projects::Project;

bool IsLive(const Project& project) {
  return project.stage == projects::Stage::kLive && !project.is_suspended;
}

/// By row; nothing where it is not live.
std::optional<Project> FindLive(sql::Connection& connection, std::int64_t row) {
  auto known = projects::List(connection);
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const Project& project) { return project.row == row; });
  if (found == known.end() || !IsLive(*found)) return std::nullopt;
  return std::move(*found);
}

/// "" when the form is one that it can be done to.
std::string_view ReasonAgainst(Kind kind, const FormRecord* form) {
  if (form == nullptr || form->deleted_on) return kNotFound;
  if (kind == Kind::kReprocess) return form->state == FormState::kError ? "" : kNotInError;
  if (form->state != FormState::kNormal && form->state != FormState::kArchived) return kNotFound;
  if (kind == Kind::kDelete && form->state != FormState::kArchived) return kNotArchived;
  return "";
}

/// @returns why it was skipped all the same, "" when it was done.
std::string_view Act(sql::Batch& batch, const blobs::BlobStore& blobs, const intake::Deed& deed,
                     Kind kind, const std::string& form_id) {
  switch (kind) {
    case Kind::kArchive:
      intake::ArchiveForm(batch, blobs, deed, form_id);
      return "";
    case Kind::kUnarchive:
      intake::UnarchiveForm(batch, blobs, deed, form_id);
      return "";
    case Kind::kDelete:
      intake::DeleteForm(batch, deed, form_id);
      return "";
    case Kind::kReprocess:
      return intake::ReprocessForm(batch, blobs, deed, form_id).empty() ? "" : kFailedAgain;
  }
  OUTPOST_CHECK(false);
}

}  // namespace

void Worker::Do(const Action& action, const Project& project, const DueForm& form) {
  intake::ReadAhead ahead(parts_.database, parts_.blobs);
  if (action.kind != Kind::kDelete) {
    ahead.AddForm(*parts_.database.Read(), project.row, form.form_id);
  }
  const intake::Deed deed{project, action.user_id, &ahead};
  try {
    parts_.writer.RunBulk(project.row, [&](sql::Batch& batch) {
      const auto* stored = batch.State<forms::FormSet>().Find(project.row, form.form_id);
      // Another process may have done it.
      if (!IsDue(batch.connection(), action.row, form.place)) return;
      auto reason = ReasonAgainst(action.kind, stored);
      if (reason.empty()) reason = Act(batch, parts_.blobs, deed, action.kind, form.form_id);
      Record(batch, action.row, form.place, reason);
    });
  } catch (const Problem& problem) {
    if (problem.kind() == ProblemKind::kBusy || problem.kind() == ProblemKind::kPaused) throw;
    Log(LogLevel::kWarning, "form_actions.skipped",
        {{"form", form.form_id}, {"error", problem.what()}});
    parts_.writer.RunBulk(project.row, [&](sql::Batch& batch) {
      Record(batch, action.row, form.place, kUnexpectedError);
    });
  }
}

/// @returns whether anything was done.
bool Worker::WorkOn(const Action& action) {
  std::optional<Project> project;
  std::vector<DueForm> due;
  {
    const auto reader = parts_.database.Read();
    project = FindLive(*reader, action.project);
    if (!project) return false;
    due = ListDueForms(*reader, action.row, kFormsPerTurn);
  }
  for (const auto& form : due) {
    if (IsStopping()) return false;
    Do(action, *project, form);
  }
  return !due.empty();
}

bool Worker::WorkOff() {
  bool has_done = false;
  for (bool goes_on = true; goes_on && !IsStopping();) {
    goes_on = false;
    const auto due = ListDue(*parts_.database.Read());
    for (const auto& action : due) goes_on = WorkOn(action) || goes_on;
    has_done = has_done || goes_on;
  }
  return has_done;
}

void Worker::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      WorkOff();
    } catch (const std::exception& error) {
      Log(LogLevel::kError, "form_actions.failed", {{"error", error.what()}});
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, kLookAgain, [this] { return is_wanted_; });
    is_wanted_ = false;
  }
}

void Worker::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void Worker::Wake() {
  {
    const std::lock_guard lock(mutex_);
    is_wanted_ = true;
  }
  changed_.notify_all();
}

void Worker::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace outpost::form_actions
