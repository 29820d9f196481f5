#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/spooled_bytes.h"
#include "domain/locations/tree_cache.h"
#include "domain/people/accounts.h"
#include "domain/projects/projects.h"
#include "domain/sync/case_xml.h"
#include "domain/sync/network.h"
#include "domain/sync_log/sync_log.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// A restore from beginning to end (restore document 4 step 9 on, 6 to 11). Who may ask for whose
/// is decided before.
///
///   request ─► its log ─► state hash ─► nothing new? ─yes─► the frame, under the same token
///                  └─no─► network ─► plan ─► document but for its end ─► new log ─► the end
///
/// A large document may be sent while it is made. Its head names the new log, which the server does
/// not know yet; so its end is made after the log is on the disk. Who has read the whole document
/// holds a token that counts, whatever happens to the server; who has read a part has no document.
namespace outpost::sync {

struct RestoreRequest {
  std::shared_ptr<const projects::Project> project;
  people::Account user;      // whose restore it is
  std::string requested_by;  // user id
  Version version = Version::kV2;
  std::string since;  // token; "" asks for everything
  std::optional<std::string> state;
  bool wants_item_count = false;
  bool skips_fixtures = false;
  bool accepts_gzip = false;
  bool is_web_apps = false;
  /// Nobody gets it: no sync log is kept.
  bool is_trial = false;
  std::string device_id, app_id, build_id;
  /// "https://outpost.example.org": what the addresses of case attachments begin with, where the
  /// project space keeps them; "" sends none.
  std::string origin;
};

struct Restored {
  /// Why the phone's content cannot be built upon (412); then there is no document.
  std::optional<std::string> refused;
  std::shared_ptr<SpooledBytes> document;  // may grow yet, where Begun got it
  bool is_gzip = false;
  std::string token;
  bool is_nothing_new = false;
  /// Of groups, places, user data (people::kPeopleMark) and of fixtures, when it was made.
  std::int64_t people_mark = 0, fixtures_mark = 0;
  std::int64_t cases = 0;
  /// Of the case ids that the phone then holds (restore document 11.2); only of MakeIn.
  std::string state_digest;
  /// For people who ask where the time went.
  std::int64_t bytes = 0;  // of XML
  std::int64_t find_micros = 0, plan_micros = 0, render_micros = 0, log_micros = 0;
};

/// How far a restore is; both 0 before the cases are counted.
struct RestoreProgress {
  std::atomic<std::int64_t> done{0}, total{0};
};

class Restorer {
 public:
  /// `checks_itself`: where nothing seems new everything is computed all the same, and a difference
  /// ends the request with an error. For tests.
  Restorer(sql::Database& database, sql::Writer& writer, const Clock& clock,
           std::filesystem::path spool, bool checks_itself = false)
      : database_(database),
        writer_(writer),
        clock_(clock),
        spool_(std::move(spool)),
        checks_itself_(checks_itself) {}

  /// What needs no look at the cases: a refusal, or that nothing is new. Empty: Make is needed.
  /// Threads: any. @throws Problem kBusy when no reading connection is free
  std::optional<Restored> MakeQuickly(const RestoreRequest& request);

  /// Gets a restore whose document is being made: at most once, on the making thread, and only for
  /// one too large for memory. The document ends cut off where Make throws.
  using Begun = std::function<void(const Restored&)>;

  /// Threads: any. Blocks: reads in one snapshot, then waits until the new log is on the disk.
  /// @throws Problem kBusy when no reading connection is free, kStorageFull
  Restored Make(const RestoreRequest& request, RestoreProgress& progress, const Begun& begun = {});

  /// A trial of everything (no `since`) within the snapshot that the caller holds: for comparing
  /// two databases at one position. Blocks.
  Restored MakeIn(sql::Connection& snapshot, const RestoreRequest& request);

  /// Whether a phone may still be given a restore that was made before: its log is there, no form
  /// has changed it, and neither have people and fixtures.
  bool IsStillGood(const RestoreRequest& request, const Restored& restored);

  /// Documents of any size are given to Begun. For tests. Threads: any.
  void ShareAll(bool shares_all) { shares_all_ = shares_all; }

 private:
  sql::Database& database_;
  sql::Writer& writer_;
  const Clock& clock_;
  const std::filesystem::path spool_;
  const bool checks_itself_;
  std::atomic<bool> shares_all_ = false;
  locations::TreeCache trees_;
};

}  // namespace outpost::sync
