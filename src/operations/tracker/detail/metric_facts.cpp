#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <optional>

#include "base/text.h"
#include "operations/tracker/detail/facts.h"

namespace outpost::operations::detail {
namespace {

using transition::Fact;
using transition::Verdict;

/// Rows of the infrastructure metric list that count when everything is built in (operations
/// document 3.5), with the series that show them here. Rows about tasks wait for the task
/// processor.
struct MetricRow {
  std::string_view id;
  std::string_view what;
  std::string_view series;  // all of these, separated by blanks
};
constexpr MetricRow kRows[] = {
    {"IM-01", "processor use of the host", "node_cpu_seconds_total"},
    {"IM-02", "load over 1, 5 and 15 minutes", "node_load1 node_load5 node_load15"},
    {"IM-03", "memory", "node_memory_available_bytes node_memory_total_bytes"},
    {"IM-04", "swap", "node_swap_used_bytes node_swap_total_bytes"},
    {"IM-05", "disk in use", "outpost_data_used_ratio"},
    {"IM-06", "disk latency", "node_disk_io_seconds_total"},
    {"IM-07", "network traffic", "node_network_bytes_total"},
    {"IM-08", "requests of the web group", "outpost_http_requests_total"},
    {"IM-09", "duration of requests", "outpost_http_duration_bucket"},
    {"IM-10", "status codes", "outpost_http_requests_total"},
    {"IM-11", "busy and idle workers", "outpost_workers"},
    {"IM-12", "all requests", "outpost_http_requests_total"},
    {"IM-13", "requests per second", "outpost_http_requests_total"},
    {"IM-14", "dropped connections", "outpost_connections_dropped_total"},
    {"IM-15", "share of server errors", "outpost_http_requests_total"},
    {"IM-16", "time of requests", "outpost_http_duration_bucket"},
    {"IM-69", "task queue up", "outpost_queue_heartbeat_ok"},
    {"IM-70", "queues up", "commcare_celery_heartbeat_blockage_ok"},
    {"IM-71", "time until a task starts", "commcare_celery_task_time_to_start"},
    {"IM-72", "blockage of queues", "commcare_celery_heartbeat_blockage_duration"},
    {"IM-73", "tasks run", "commcare_celery_task_time_to_run_seconds_count"},
    {"IM-74", "tasks by host", "commcare_celery_task_time_to_run_seconds_count"},
    {"IM-75", "tasks by queue", "commcare_celery_task_time_to_run_seconds_count"},
    {"IM-76", "tasks by kind", "commcare_celery_task_time_to_run_seconds_count"},
    {"IM-77", "tasks waiting", "celery_tasks_queued"},
    {"IM-78", "tasks that failed", "celery_tasks_by_state"},
    {"IM-79", "tasks by state", "celery_tasks_by_state"},
};

// What "good enough under real conditions" means (operations document 6.6).
constexpr double kDaysNeeded = 7;
constexpr std::int64_t kPeopleNeeded = 10;
constexpr double kErrorShareMax = 0.01;
constexpr double kReceiverSecondsMax = 2.5;  // the bucket that holds 2 s ends here
constexpr double kRestoreSecondsMax = 5;

/// "name{labels} value" of the Prometheus text.
struct Sample {
  std::string_view name, labels;
  double value = 0;
};

std::optional<Sample> SampleOf(std::string_view line) {
  if (line.empty() || line.front() == '#') return {};
  const auto blank = line.rfind(' ');
  if (blank == std::string_view::npos) return {};
  Sample sample;
  sample.value = std::strtod(std::string(line.substr(blank + 1)).c_str(), nullptr);
  const auto series = line.substr(0, blank);
  const auto brace = series.find('{');
  sample.name = series.substr(0, brace);
  if (brace != std::string_view::npos) {
    sample.labels = series.substr(brace + 1, series.size() - brace - 2);
  }
  return sample;
}

std::string_view LabelIn(std::string_view labels, std::string_view name) {
  const auto key = std::string(name) + "=\"";
  const auto at = labels.find(key);
  if (at == std::string_view::npos) return {};
  const auto begin = at + key.size();
  return labels.substr(begin, labels.find('"', begin) - begin);
}

class Metrics {
 public:
  explicit Metrics(std::string_view text) {
    for (const auto line : Split(text, '\n')) {
      if (const auto sample = SampleOf(line)) samples_.push_back(*sample);
    }
  }
  bool Has(std::string_view name) const {
    for (const auto& sample : samples_) {
      if (sample.name == name) return true;
    }
    return false;
  }
  double Sum(std::string_view name) const {
    double sum = 0;
    for (const auto& sample : samples_) sum += sample.name == name ? sample.value : 0;
    return sum;
  }
  /// Of the answers, without those to people who did not sign in: all, and what was not 2xx.
  std::pair<double, double> AnswersAndErrors(std::string_view name) const {
    double all = 0, errors = 0;
    for (const auto& sample : samples_) {
      if (sample.name != name) continue;
      const auto status = LabelIn(sample.labels, "status_code");
      if (status == "401") continue;
      all += sample.value;
      if (!status.starts_with('2')) errors += sample.value;
    }
    return {all, errors};
  }
  /// The end of the bucket that holds the 95th of 100; empty without observations.
  std::optional<double> Percentile95(const std::string& histogram) const {
    std::map<double, double> cumulative;
    double all = 0;
    for (const auto& sample : samples_) {
      if (sample.name != histogram + "_bucket") continue;
      const auto end = LabelIn(sample.labels, "le");
      if (end == "+Inf") {
        all += sample.value;
      } else {
        cumulative[std::strtod(std::string(end).c_str(), nullptr)] += sample.value;
      }
    }
    if (all == 0) return {};
    constexpr double kShare = 0.95;
    for (const auto& [end, count] : cumulative) {
      if (count >= kShare * all) return end;
    }
    return std::numeric_limits<double>::infinity();
  }

 private:
  std::vector<Sample> samples_;
};

Fact MetricList(const Metrics& metrics) {
  std::string missing;
  int there = 0;
  for (const auto& row : kRows) {
    bool has_all = true;
    for (const auto series : Split(row.series, ' ')) has_all = has_all && metrics.Has(series);
    there += has_all ? 1 : 0;
    if (!has_all)
      missing += fmt::format("{}{} ({})", missing.empty() ? "" : ", ", row.what, row.id);
  }
  const auto rows = std::size(kRows);
  Fact fact;
  fact.figures = {{"rows", std::to_string(rows)}, {"there", std::to_string(there)}};
  if (missing.empty()) {
    fact.verdict = Verdict::kHolds;
    fact.sentence = fmt::format("/metrics has all {} rows of the list", rows);
  } else {
    fact.sentence =
        fmt::format("not yet: needs {}; /metrics has {} of {} rows", missing, there, rows);
  }
  return fact;
}

Fact RealConditions(const Metrics& metrics, std::int64_t people) {
  const double days = metrics.Sum("process_uptime_seconds") / 86'400;
  const auto [forms, form_errors] =
      metrics.AnswersAndErrors("commcare_xform_submissions_count_total");
  const auto [restores, restore_errors] = metrics.AnswersAndErrors("commcare_restores_count_total");
  const auto receiver = metrics.Percentile95("commcare_xform_submissions_duration_seconds");
  const auto restore = metrics.Percentile95("commcare_restores_duration_seconds");
  const double answers = forms + restores;
  const double share = answers == 0 ? 0 : (form_errors + restore_errors) / answers;
  Fact fact;
  fact.figures = {{"days", fmt::format("{:.1f}", days)},
                  {"people", std::to_string(people)},
                  {"forms", fmt::format("{:.0f}", forms)},
                  {"restores", fmt::format("{:.0f}", restores)},
                  {"error_share", fmt::format("{:.4f}", share)}};
  const auto within = [](const std::optional<double>& seconds) {
    return seconds ? fmt::format("95 of 100 within {} s", *seconds) : std::string("none yet");
  };
  const auto seen = fmt::format(
      "in {:.1f} days since the start: {:.0f} forms ({}), {:.0f} restores ({}), {:.2f} % not "
      "accepted, {} people this month",
      days, forms, within(receiver), restores, within(restore), share * 100, people);
  if (days < kDaysNeeded || people < kPeopleNeeded || !receiver || !restore) {
    fact.sentence = fmt::format(
        "not yet: needs {:.0f} days of work by at least {} people with forms and restores; {}",
        kDaysNeeded, kPeopleNeeded, seen);
    return fact;
  }
  const bool is_good =
      share < kErrorShareMax && *receiver <= kReceiverSecondsMax && *restore <= kRestoreSecondsMax;
  fact.verdict = is_good ? Verdict::kHolds : Verdict::kFails;
  fact.sentence = seen;
  return fact;
}

}  // namespace

void AddMetricFacts(const MetricFactsInput& input, Facts& facts) {
  const Metrics metrics(input.prometheus);
  facts["C4.2.1"] = MetricList(metrics);
  facts["C3.1.2"] = RealConditions(metrics, input.active_people);
  facts["Q4.2.1"] = {Verdict::kHolds, input.public_url + "/metrics, in Prometheus form", {}};
}

}  // namespace outpost::operations::detail
