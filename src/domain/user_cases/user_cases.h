#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>

#include "base/clock.h"
#include "domain/projects/projects.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Keeps the user case of every mobile worker as the worker is (submission document 21).
///
///   change log (users, project spaces), mark of user data ─► whom to look at
///     ─► differs from what the case says? ─► writer, as bulk: still? ─► a form of the server's own
///
/// It keeps no place in the change log: when it starts it looks at everybody of the project spaces
/// that have user cases. Doing it twice does no harm: what is decided outside the writer is decided
/// again inside it.
namespace outpost::user_cases {

/// Workers brought up to date in one job of the writer.
inline constexpr std::size_t kWorkersPerJob = 10;
/// Workers read from the database in one go.
inline constexpr int kWorkersPerPage = 100;

/// All must outlive it.
struct UserCasesParts {
  sql::Database& database;
  sql::Writer& writer;
  const blobs::BlobStore& blobs;
};

class UserCases {
 public:
  explicit UserCases(const UserCasesParts& parts) : parts_(parts) {}
  /// Stop().
  ~UserCases() { Stop(); }

  /// Follows on a thread of its own, at a low priority. A failure is logged and tried again.
  void Start();
  /// Ends after the job that runs.
  void Stop();

  /// Does what is due now. Threads: any that may wait; one works, the others wait for it.
  /// @throws SqlError, Problem kBusy, kPaused; it goes on from there at the next call
  void CatchUp();

 private:
  struct Due {
    std::set<std::int64_t> projects;                          // everybody of them
    std::map<std::int64_t, std::set<std::int64_t>> accounts;  // by project
    std::map<std::int64_t, std::int64_t> marks;               // of user data, by project
    std::int64_t until = 0;
    bool is_all = true;  // of what there is to do
  };
  Due FindDue();
  void LookAtProject(const projects::Project& project);
  void LookAt(const projects::Project& project, const std::set<std::int64_t>& accounts);
  bool IsStopping() const { return thread_.get_stop_token().stop_requested(); }
  void Run(const std::stop_token& stop);

  UserCasesParts parts_;
  std::mutex mutex_;
  std::int64_t until_ = 0;  // 0: nobody was looked at yet
  std::map<std::int64_t, std::int64_t> marks_;
  std::mutex rest_mutex_;
  std::condition_variable_any rest_;
  std::jthread thread_;  // last: uses all above
};

}  // namespace outpost::user_cases
