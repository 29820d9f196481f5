#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "domain/form_actions/form_actions.h"
#include "domain/projects/projects.h"
#include "store/blobs/blobs.h"

/// Does to forms what was asked for, one form in one job of the writer, as bulk work.
namespace outpost::form_actions {

/// All must outlive it.
struct WorkerParts {
  sql::Database& database;
  sql::Writer& writer;
  const blobs::BlobStore& blobs;
};

/// Why a form is skipped; part of the data API.
inline constexpr const char* kNotFound = "not_found";
inline constexpr const char* kNotArchived = "not_archived";
inline constexpr const char* kNotInError = "not_in_error";
inline constexpr const char* kFailedAgain = "failed_again";
inline constexpr const char* kUnexpectedError = "unexpected_error";

class Worker {
 public:
  explicit Worker(const WorkerParts& parts) : parts_(parts) {}
  /// Stop().
  ~Worker() { Stop(); }

  /// Works on a thread of its own: what was left over from last time first. An error of the
  /// stores is logged and tried again.
  void Start();
  /// Something was begun. Threads: any.
  void Wake();
  /// Ends after the form that it is at.
  void Stop();

  /// Works off what there is, on this thread. Project spaces that are not live are left alone.
  /// @returns whether anything was done
  bool WorkOff();

 private:
  bool WorkOn(const Action& action);
  void Do(const Action& action, const projects::Project& project, const DueForm& form);
  bool IsStopping() const { return thread_.get_stop_token().stop_requested(); }
  void Run(const std::stop_token& stop);

  WorkerParts parts_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_wanted_ = false;
  std::jthread thread_;  // last: uses all above
};

}  // namespace outpost::form_actions
