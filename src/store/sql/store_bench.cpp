#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/text.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

// How many forms a second the writer stores on this disk, each with one case, one transaction and
// one change: store_sql_bench <location> <forms> [<checkpoint frames>]. Durable commits; about 256
// forms wait at any time.
namespace outpost::sql {
namespace {

constexpr int kWaiting = 256;
constexpr std::size_t kXmlBytes = 700;  // 1.7 kB compressed

struct Progress {
  std::atomic<int> waiting = 0;
  std::vector<std::int64_t> latency_micros;  // filled on the writer's thread
};

class FormJob final : public WriteJob {
 public:
  explicit FormJob(Progress& progress)
      : progress_(progress), id_(NewUuid()), case_id_(NewUuid()), submitted_(SteadyMicros()) {}
  std::int64_t project() const override { return 1; }

  void Load(Batch& batch) override {
    const auto rows = batch.connection().Query("SELECT id FROM forms WHERE id_hash = $1",
                                               {batch.database().HashOf(1, id_)});
    rows->Next();
  }

  void Apply(Batch& batch) override {
    static const std::string xml(kXmlBytes, 'x');
    static const std::string md5(16, 'm');
    static const std::string properties(300, 'p');
    const auto stamp = batch.Next();
    auto& connection = batch.connection();
    const auto at = stamp.at.micros;
    connection.Execute(
        "INSERT INTO forms (id, project, form_id, id_hash, state, xmlns, user_id, app_id, "
        "received_on, server_modified_on, edited_on, indexed_on, deleted_on, is_complete, request, "
        "xml_md5, xml_length, xml) VALUES ($1, 1, $2, $3, 1, 'http://openrosa.org/visit', $4, $4, "
        "$5, $5, 0, $5, 0, 1, '{}', $6, 1700, $7)",
        {stamp.seq, id_, batch.database().HashOf(1, id_), case_id_, at, Bytes{md5}, Bytes{xml}});
    connection.Execute(
        "INSERT INTO cases (id, project, case_id, id_hash, type, name, owner_id, external_id, "
        "opened_on, opened_by, modified_on, modified_by, server_modified_on, indexed_on, "
        "is_closed, closed_on, closed_by, is_deleted, deleted_on, properties) VALUES ($1, 1, $2, "
        "$3, 'visit', 'A name', $4, '', $5, $4, $5, $4, $5, $5, 0, 0, '', 0, 0, $6)",
        {stamp.seq, case_id_, batch.database().HashOf(1, case_id_), id_, at, properties});
    connection.Execute(
        "INSERT INTO case_transactions (case_row, seq, form_row, type, server_date, client_date, "
        "is_revoked) VALUES ($1, $1, $1, 1, $2, $2, 0)",
        {stamp.seq, at});
    connection.Execute(
        "INSERT INTO changes (seq, at, project, topic, row_id, document_id, type, subtype, "
        "is_deletion) VALUES ($1, $2, 1, 1, $1, $3, 'XFormInstance', 'visit', 0)",
        {stamp.seq, at, id_});
  }

  void Done(std::exception_ptr failure) noexcept override {
    if (failure != nullptr) std::terminate();
    progress_.latency_micros.push_back(SteadyMicros() - submitted_);
    --progress_.waiting;
    progress_.waiting.notify_one();
  }

 private:
  Progress& progress_;
  std::string id_;
  std::string case_id_;
  std::int64_t submitted_;
};

int Main(const DatabaseOptions& options, std::int64_t forms) {
  const SystemClock clock;
  MetricRegistry metrics;
  const auto database = Database::Open(options);
  Writer writer(*database, clock, metrics);
  Progress progress;
  const auto start = SteadyMicros();
  for (std::int64_t i = 0; i < forms; ++i) {
    for (int waiting = progress.waiting; waiting >= kWaiting; waiting = progress.waiting) {
      progress.waiting.wait(waiting);
    }
    ++progress.waiting;
    writer.Submit(std::make_unique<FormJob>(progress));
  }
  writer.Stop();
  const auto seconds = static_cast<double>(SteadyMicros() - start) / 1e6;
  auto& latency = progress.latency_micros;
  std::sort(latency.begin(), latency.end());
  const auto report = writer.Report();
  fmt::print(
      "{} forms in {:.1f} s: {:.0f}/s, {:.1f} a batch; p50 {} p99 {} max {} us; "
      "commit max {} us, checkpoint max {} us, job max {} us\n",
      forms, seconds, static_cast<double>(forms) / seconds,
      static_cast<double>(report.jobs) / static_cast<double>(report.batches),
      latency[latency.size() / 2], latency[latency.size() * 99 / 100], latency.back(),
      report.commit_micros_max, report.checkpoint_micros_max, report.job_micros_max);
  return 0;
}

}  // namespace
}  // namespace outpost::sql

int main(int count, char** words) {
  if (count < 3) {
    fmt::print("usage: store_sql_bench <location> <forms> [<checkpoint frames>]\n");
    return 2;
  }
  outpost::sql::DatabaseOptions options{words[1]};
  if (count > 3) options.checkpoint_frames = outpost::ParseInt(words[3]).value_or(1'000);
  return outpost::sql::Main(options, outpost::ParseInt(words[2]).value_or(10'000));
}
