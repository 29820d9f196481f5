#include "domain/sync/restore.h"

#include <utility>

#include "base/ids.h"
#include "base/log.h"
#include "base/problem.h"
#include "domain/fixtures/restore_fixtures.h"
#include "domain/people/marks.h"
#include "domain/sync/detail/case_stream.h"
#include "domain/sync/detail/restore_output.h"
#include "domain/sync/document.h"
#include "domain/sync/sync_plan.h"
#include "store/sql/snapshot.h"

namespace outpost::sync {
namespace {

using sync_log::SyncLog;

constexpr const char* kUnknownToken = "The phone's last sync is not known here. Sync again.";
constexpr const char* kOtherUsersToken = "The phone's last sync was another user's. Sync again.";
constexpr const char* kOtherState = "The phone holds other cases than it should. Sync again.";

/// What the address of a case attachment begins with, up to the case id.
std::string AttachmentsAt(const RestoreRequest& request) {
  if (request.origin.empty() || !request.project->settings.keeps_case_attachments) return "";
  return request.origin + "/a/" + request.project->name + "/api/case/attachment/";
}

std::int64_t Lap(std::int64_t& since) {
  const auto now = SteadyMicros();
  return now - std::exchange(since, now);
}

/// What every restore uses.
struct Tools {
  sql::Database& database;
  sql::Writer& writer;
  const Clock& clock;
  const std::filesystem::path& spool;
  locations::TreeCache& trees;
  bool checks_itself = false;
  bool shares_all = false;
};

/// Restores over that are logged for everybody (restore document 12.3).
constexpr std::int64_t kSlowMicros = 20'000'000;

/// One restore under way.
class Making {
 public:
  Making(const RestoreRequest& request, const Tools& tools, RestoreProgress& progress,
         const Restorer::Begun& begun = {})
      : request_(request),
        progress_(progress),
        begun_(begun),
        database_(tools.database),
        writer_(tools.writer),
        clock_(tools.clock),
        trees_(tools.trees),
        checks_itself_(tools.checks_itself),
        out_(tools.spool, request.accepts_gzip, TellerOf(begun), tools.shares_all) {
    result_.is_gzip = request.accepts_gzip;
  }

  /// Refused or unchanged, if that is so.
  std::optional<Restored> RunQuickly() {
    {
      const auto lease = database_.Read();
      const sql::Snapshot snapshot(*lease);
      const bool is_all = Begin(*lease);
      setup_.reset();
      if (!is_all) return std::nullopt;
    }
    Conclude();
    return std::move(result_);
  }

  Restored RunIn(sql::Connection& snapshot) {
    OUTPOST_CHECK(request_.is_trial && request_.since.empty());
    if (!Begin(snapshot)) WriteWhole(snapshot);
    result_.state_digest = plan_.digest.Digest(plan_.held_count);
    return std::move(result_);
  }

  Restored Run() {
    {
      const auto lease = database_.Read();
      const sql::Snapshot snapshot(*lease);
      if (!Begin(*lease)) WriteWhole(*lease);
      setup_.reset();
    }
    // Only the end is missing, and must not be there before the log is.
    if (!result_.refused) out_.PassOn();
    result_.render_micros = Lap(lap_);
    if (new_log_ && !request_.is_trial) {
      writer_.Run(request_.project->row,
                  [&](sql::Batch& batch) { Insert(batch, *new_log_, plan_.graph, watched_); });
    }
    result_.log_micros = Lap(lap_);
    Conclude();
    Note();
    return std::move(result_);
  }

 private:
  detail::RestoreOutput::Shared TellerOf(const Restorer::Begun& begun) {
    if (!begun) return {};
    return [this](const std::shared_ptr<SpooledBytes>& document) {
      auto growing = result_;
      growing.document = document;
      begun_(growing);
    };
  }

  void Conclude() {
    if (result_.refused) return NoteStateError();
    AppendEnd(out_.text());
    result_.bytes = out_.bytes();
    result_.document = out_.Finish();
  }

  void Note() {
    const auto micros = SteadyMicros() - started_;
    Log(micros < kSlowMicros ? LogLevel::kDebug : LogLevel::kInfo, "sync.made",
        {{"project", request_.project->name},
         {"user", request_.user.user_id},
         {"device", request_.device_id},
         {"token", result_.token},
         {"cases", result_.cases},
         {"bytes", result_.bytes},
         {"find_micros", result_.find_micros},
         {"plan_micros", result_.plan_micros},
         {"render_micros", result_.render_micros},
         {"log_micros", result_.log_micros},
         {"micros", micros}});
  }

  std::int64_t project() const { return request_.project->row; }

  /// Whether that was all: the request is refused, or nothing is new.
  bool Begin(sql::Connection& connection) {
    FindLog(connection);
    if (result_.refused) return true;
    ReadOwners(connection);
    const bool is_unchanged = log_ && !state_differs_ && !has_deltas_ &&
                              IsNothingNew(connection, database_, *log_, owners_);
    result_.find_micros = Lap(lap_);
    if (is_unchanged && checks_itself_) CheckUnchanged(connection);
    if (is_unchanged) WriteFrameOnly();
    return is_unchanged;
  }

  /// The shortcut must say what the whole computation says.
  void CheckUnchanged(sql::Connection& connection) {
    ReadHeld(connection);
    Network network(connection, database_, project(), owners_);
    auto plan = PlanSync(connection, network, {&*log_, held_});
    SumUp(plan, network, {&*log_, held_}, owners_);
    if (plan.sends.empty() && plan.digest.Bytes() == log_->digest.Bytes()) return;
    throw Problem(ProblemKind::kInternal, "A sync was taken for unchanged that is not.",
                  "log " + log_->token + ", sends " + std::to_string(plan.sends.size()) +
                      ", holds " + std::to_string(plan.held_count) + " instead of " +
                      std::to_string(log_->held_count));
  }

  void ReadOwners(sql::Connection& connection) {
    result_.people_mark = people::ReadMark(connection, project(), people::kPeopleMark);
    result_.fixtures_mark = people::ReadMark(connection, project(), people::kFixturesMark);
    setup_.emplace(connection, *request_.project, request_.user, &trees_);
    groups_ = setup_->Owners();
    owners_ = {request_.user.user_id};
    for (const auto& group : groups_.groups) owners_.insert(group.id);
  }

  void FindLog(sql::Connection& connection) {
    if (request_.since.empty()) return;
    log_ = sync_log::FindByToken(connection, project(), request_.since);
    if (!log_) {
      result_.refused = kUnknownToken;
    } else if (log_->user_id != request_.user.user_id) {
      result_.refused = kOtherUsersToken;
      log_.reset();
    } else {
      has_deltas_ = sync_log::NewestDelta(connection, *log_) != 0;
      CheckState(connection);
    }
  }

  void CheckState(sql::Connection& connection) {
    if (!request_.state) return;
    std::string digest;
    if (!has_deltas_) {
      digest = log_->digest.Digest(log_->held_count);
    } else {
      ReadHeld(connection);
      digest = DigestOf(connection, held_);
    }
    if (sync_log::StateFits(*request_.state, digest)) return;
    state_differs_ = true;
    if (!request_.is_web_apps) result_.refused = kOtherState;
  }

  void ReadHeld(sql::Connection& connection) {
    if (has_held_) return;
    has_held_ = true;
    held_ = PurgedBy(ReadGraph(connection, database_, *log_), log_->owners);
  }

  static std::string DigestOf(sql::Connection& connection, const sync_log::PhoneGraph& held) {
    sync_log::StateHash hash;
    for (const auto& id : sync_log::CaseIdsOf(connection, held)) hash.Toggle(id);
    return hash.Digest(held.size());
  }

  void NoteStateError() {
    if (!log_ || !state_differs_) return;
    writer_.Run(project(), [&](sql::Batch& batch) {
      sync_log::RecordStateError(batch, log_->row, *request_.state);
    });
    Log(LogLevel::kInfo, "sync.state_differs",
        {{"project", request_.project->name}, {"log", log_->token}});
  }

  /// Nothing that the phone holds, or could come to hold, has changed: it keeps its token.
  void WriteFrameOnly() {
    result_.is_nothing_new = true;
    result_.token = log_->token;
    WriteFrame(0);
  }

  void WriteWhole(sql::Connection& connection) {
    const auto snapshot = ReadPosition(connection);
    if (log_) ReadHeld(connection);
    Network network(connection, database_, project(), owners_);
    PhoneBefore before{log_ ? &*log_ : nullptr, std::move(held_)};
    plan_ = PlanSync(connection, network, before);
    result_.token = NewHexId();
    result_.plan_micros = Lap(lap_);
    result_.cases = static_cast<std::int64_t>(plan_.sends.size());
    const auto blocks = request_.wants_item_count && request_.version == Version::kV2
                            ? detail::CountLedgerBlocks(connection, network, plan_.sends)
                            : 0;
    WriteFrame(result_.cases + blocks);
    progress_.total = result_.cases;
    detail::WriteCases(
        connection, {network, request_.version, AttachmentsAt(request_)}, plan_.sends, out_,
        [this](std::size_t cases) { progress_.done += static_cast<std::int64_t>(cases); });
    SumUp(plan_, network, std::move(before), owners_);
    if (plan_.differs_from_live) {
      Log(LogLevel::kWarning, "sync.differs_from_live",
          {{"project", request_.project->name}, {"user", request_.user.user_id}});
    }
    watched_ = network.Watch();
    watched_.is_unsettled = plan_.differs_from_live;
    PrepareLog(snapshot);
  }

  static sql::Stamp ReadPosition(sql::Connection& connection) {
    const auto rows = connection.Query("SELECT seq, at FROM position WHERE id = 1");
    if (!rows->Next()) return {};
    return {rows->Int(0), {rows->Int(1)}};
  }

  void PrepareLog(sql::Stamp snapshot) {
    SyncLog log;
    log.project = project();
    log.token = result_.token;
    log.user_id = request_.user.user_id;
    log.requested_by = request_.requested_by;
    log.device_id = request_.device_id;
    log.app_id = request_.app_id;
    log.build_id = request_.build_id;
    log.is_web_apps = request_.is_web_apps;
    log.previous = log_ ? log_->row : 0;
    log.snapshot = snapshot;
    log.created_on = log.used_on = clock_.Now();
    log.owners = owners_;
    log.digest = plan_.digest;
    log.held_count = plan_.held_count;
    new_log_ = std::move(log);
  }

  /// Everything before the cases.
  void WriteFrame(std::int64_t elements_after) {
    const auto plan = PlanFixtures();
    const bool has_fixtures = request_.version == Version::kV2;
    DocumentHead head;
    head.username = NameOnPhone(request_.user);
    head.token = result_.token;
    if (request_.wants_item_count) {
      head.items =
          kFrameItems + (has_fixtures ? 1 : 0) + (plan ? plan->elements : 0) + elements_after;
    }
    const fixtures::Sink sink = [this](std::string_view piece) {
      out_.text() += piece;
      out_.Pour();
    };
    AppendStart(out_.text(), head);
    AppendRegistration(out_.text(), request_.user, setup_->UserData());
    if (has_fixtures) fixtures::RenderUserGroups(groups_, request_.user.user_id, sink);
    if (plan) setup_->Render(*plan, sink);
  }

  /// Fixtures beside the groups, which are always sent: they take access away, too.
  std::optional<fixtures::FixturePlan> PlanFixtures() {
    if (request_.version == Version::kV1 || request_.skips_fixtures) return std::nullopt;
    std::optional<locations::PreviousSync> previous;
    if (log_) previous = {log_->snapshot.seq, log_->build_id};
    fixtures::FixtureOptions options;
    options.locations_due = setup_->AreLocationsDue(previous, request_.build_id);
    return setup_->Plan(options);
  }

  const RestoreRequest& request_;
  RestoreProgress& progress_;
  const Restorer::Begun begun_;
  sql::Database& database_;
  sql::Writer& writer_;
  const Clock& clock_;
  locations::TreeCache& trees_;
  const bool checks_itself_;
  detail::RestoreOutput out_;
  Restored result_;
  const std::int64_t started_ = SteadyMicros();
  std::int64_t lap_ = started_;
  std::optional<SyncLog> log_;
  bool has_deltas_ = false;  // forms have changed it
  bool state_differs_ = false;
  bool has_held_ = false;
  sync_log::PhoneGraph held_;
  std::optional<fixtures::SetupReader> setup_;  // while the snapshot lives
  fixtures::OwnerSet groups_;
  sync_log::OwnerIds owners_;
  SyncPlan plan_;
  sync_log::Watched watched_;
  std::optional<SyncLog> new_log_;
};

}  // namespace

std::optional<Restored> Restorer::MakeQuickly(const RestoreRequest& request) {
  RestoreProgress progress;
  return Making(request, {database_, writer_, clock_, spool_, trees_, checks_itself_}, progress)
      .RunQuickly();
}

Restored Restorer::Make(const RestoreRequest& request, RestoreProgress& progress,
                        const Begun& begun) {
  const Tools tools{database_, writer_, clock_, spool_, trees_, checks_itself_, shares_all_};
  return Making(request, tools, progress, begun).Run();
}

Restored Restorer::MakeIn(sql::Connection& snapshot, const RestoreRequest& request) {
  RestoreProgress progress;
  return Making(request, {database_, writer_, clock_, spool_, trees_, checks_itself_}, progress)
      .RunIn(snapshot);
}

bool Restorer::IsStillGood(const RestoreRequest& request, const Restored& restored) {
  const auto lease = database_.Read();
  const auto project = request.project->row;
  const auto log = sync_log::FindByToken(*lease, project, restored.token);
  return log && sync_log::NewestDelta(*lease, *log) == 0 &&
         people::ReadMark(*lease, project, people::kPeopleMark) == restored.people_mark &&
         people::ReadMark(*lease, project, people::kFixturesMark) == restored.fixtures_mark;
}

}  // namespace outpost::sync
