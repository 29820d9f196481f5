#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Counters, gauges and histograms, rendered as Prometheus text. Names are dotted, as in
/// "commcare.xform_submissions.count"; dots become underscores when rendered.
namespace outpost {

class Counter {
 public:
  void Add(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Durations in fixed buckets from 1 ms to 60 s.
class Histogram {
 public:
  static constexpr std::array<double, 14> kBoundsSeconds = {
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60};

  void ObserveMicros(std::int64_t micros);
  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  double sum_seconds() const;
  /// Observations at most kBoundsSeconds[i]; the last one is all.
  std::array<std::uint64_t, kBoundsSeconds.size() + 1> CumulativeCounts() const;

 private:
  std::array<std::atomic<std::uint64_t>, kBoundsSeconds.size() + 1> buckets_{};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::int64_t> sum_micros_{0};
};

struct MetricLabel {
  std::string_view name;
  std::string value;
};

/// Owns every metric of the process. Asking twice for the same name and labels gives the same
/// object, which lives as long as the registry: keep the reference on hot paths. Threads: any.
/// At most kSeriesMax label sets a name; further ones share the label set {"other"}.
class MetricRegistry {
 public:
  static constexpr std::size_t kSeriesMax = 500;

  Counter& CounterOf(std::string_view name, std::span<const MetricLabel> labels = {});
  Gauge& GaugeOf(std::string_view name, std::span<const MetricLabel> labels = {});
  Histogram& HistogramOf(std::string_view name, std::span<const MetricLabel> labels = {});

  std::string RenderPrometheus() const;

 private:
  template <class Metric>
  using Family = std::map<std::string, std::map<std::string, std::unique_ptr<Metric>>>;

  template <class Metric>
  static Metric& Find(Family<Metric>& family, std::string_view name,
                      std::span<const MetricLabel> labels);

  mutable std::mutex mutex_;
  Family<Counter> counters_;
  Family<Gauge> gauges_;
  Family<Histogram> histograms_;
};

}  // namespace outpost
