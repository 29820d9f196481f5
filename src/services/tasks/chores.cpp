#include "services/tasks/chores.h"

#include "domain/apps/import.h"
#include "domain/device_logs/trimmer.h"
#include "domain/fixtures/lookup_tables.h"
#include "domain/form_actions/form_actions.h"
#include "domain/intake/deletion.h"
#include "domain/sync_log/sync_log.h"
#include "store/changelog/changelog.h"

namespace outpost::tasks {
namespace {

constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 24 * kHour;
/// Documents, or rows of the change log, in one job of the writer.
constexpr int kPurgedAtOnce = 20;
constexpr int kTrimmedAtOnce = 500;
/// Filling a lookup table or a build takes minutes: one that was begun so long ago was given up.
constexpr std::int64_t kFillingDays = 1;

/// Runs `slice` as jobs of the writer until one did less than its share.
template <class Slice>
std::int64_t InSlices(sql::Writer& writer, int share, const GoOn& go_on, Slice slice) {
  std::int64_t total = 0;
  for (std::int64_t done = share; done == share && go_on(); total += done) {
    writer.RunBulk(0, [&](sql::Batch& batch) { done = slice(batch); });
  }
  return total;
}

}  // namespace

std::vector<Chore> MakeChores(Stores stores, Retention retention) {
  const auto since = [clock = &stores.clock](std::int64_t days) {
    return clock->Now() + -days * kMicrosPerDay;
  };
  std::vector<Chore> chores;
  if (retention.deleted_days > 0) {
    chores.push_back(
        {"deleted forms and cases", kHour, [=](const GoOn& go_on) {
           return InSlices(stores.writer, kPurgedAtOnce, go_on, [&](sql::Batch& batch) {
             return intake::PurgeDeleted(batch, stores.blobs, since(retention.deleted_days),
                                         kPurgedAtOnce);
           });
         }});
  }
  if (retention.changelog_days > 0) {
    chores.push_back(
        {"change log", kHour, [=](const GoOn& go_on) {
           return InSlices(stores.writer, kTrimmedAtOnce, go_on, [&](sql::Batch& batch) {
             return changelog::Trim(batch, since(retention.changelog_days), kTrimmedAtOnce);
           });
         }});
  }
  if (retention.device_log_days > 0) {
    chores.push_back({"device reports", kHour, [=](const GoOn& go_on) {
                        return device_logs::TrimAll(stores.database, stores.writer, stores.blobs,
                                                    stores.clock.Now(), retention.device_log_days,
                                                    go_on);
                      }});
  }
  chores.push_back({"sync logs", kDay, [=](const GoOn& go_on) {
                      return InSlices(stores.writer, kPurgedAtOnce, go_on, [&](sql::Batch& batch) {
                        const auto before = stores.clock.Now() + -sync_log::kKeepMicros;
                        return sync_log::DeleteUnused(batch, before, kPurgedAtOnce);
                      });
                    }});
  chores.push_back({"rows of deleted lookup tables", kHour, [=](const GoOn& go_on) {
                      return InSlices(stores.writer, kTrimmedAtOnce, go_on, [&](sql::Batch& batch) {
                        return fixtures::TrimSlice(batch, since(kFillingDays), kTrimmedAtOnce);
                      });
                    }});
  chores.push_back({"builds that were given up", kDay, [=](const GoOn& go_on) {
                      return InSlices(stores.writer, 1, go_on, [&](sql::Batch& batch) {
                        return apps::RemoveAbandoned(batch, since(kFillingDays), 1);
                      });
                    }});
  chores.push_back({"actions on forms", kDay, [=](const GoOn& go_on) {
                      return InSlices(stores.writer, 1, go_on, [&](sql::Batch& batch) {
                        return form_actions::Trim(batch, since(form_actions::kKnownDays), 1);
                      });
                    }});
  chores.push_back({"files that nothing names", kDay, [=](const GoOn&) {
                      return std::int64_t{stores.blobs.RemoveUnreferenced(*stores.database.Read())};
                    }});
  return chores;
}

}  // namespace outpost::tasks
