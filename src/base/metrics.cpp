#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace outpost {
namespace {

/// `a="x",b="y"` with values escaped as the Prometheus text format asks.
std::string RenderLabels(std::span<const MetricLabel> labels) {
  std::string out;
  for (const auto& label : labels) {
    if (!out.empty()) out += ',';
    out += label.name;
    out += "=\"";
    for (const char c : label.value) {
      if (c == '\\' || c == '"') out += '\\';
      if (c == '\n') {
        out += "\\n";
      } else {
        out += c;
      }
    }
    out += '"';
  }
  return out;
}

std::string PrometheusName(std::string_view dotted, std::string_view suffix) {
  std::string name(dotted);
  std::replace(name.begin(), name.end(), '.', '_');
  std::replace(name.begin(), name.end(), '-', '_');
  name += suffix;
  return name;
}

std::string Braced(const std::string& labels) {
  return labels.empty() ? std::string() : '{' + labels + '}';
}

void RenderHistogram(std::string& out, const std::string& name, const std::string& labels,
                     const Histogram& histogram) {
  const auto counts = histogram.CumulativeCounts();
  const std::string lead = labels.empty() ? labels : labels + ',';
  for (std::size_t i = 0; i < Histogram::kBoundsSeconds.size(); ++i) {
    out += fmt::format("{}_bucket{{{}le=\"{}\"}} {}\n", name, lead, Histogram::kBoundsSeconds[i],
                       counts[i]);
  }
  out += fmt::format("{}_bucket{{{}le=\"+Inf\"}} {}\n", name, lead, counts.back());
  out += fmt::format("{}_sum{} {}\n", name, Braced(labels), histogram.sum_seconds());
  out += fmt::format("{}_count{} {}\n", name, Braced(labels), counts.back());
}

}  // namespace

void Histogram::ObserveMicros(std::int64_t micros) {
  const double seconds = static_cast<double>(micros) / 1e6;
  const auto bound = std::lower_bound(kBoundsSeconds.begin(), kBoundsSeconds.end(), seconds);
  const auto index = static_cast<std::size_t>(bound - kBoundsSeconds.begin());
  buckets_[index].fetch_add(1, std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_relaxed);
  sum_micros_.fetch_add(micros, std::memory_order_relaxed);
}

double Histogram::sum_seconds() const {
  return static_cast<double>(sum_micros_.load(std::memory_order_relaxed)) / 1e6;
}

std::array<std::uint64_t, Histogram::kBoundsSeconds.size() + 1> Histogram::CumulativeCounts()
    const {
  std::array<std::uint64_t, kBoundsSeconds.size() + 1> counts{};
  std::uint64_t running = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    running += buckets_[i].load(std::memory_order_relaxed);
    counts[i] = running;
  }
  return counts;
}

template <class Metric>
Metric& MetricRegistry::Find(Family<Metric>& family, std::string_view name,
                             std::span<const MetricLabel> labels) {
  auto& series = family[std::string(name)];
  std::string key = RenderLabels(labels);
  if (!series.contains(key) && series.size() >= kSeriesMax) key = "series=\"other\"";
  auto& metric = series[key];
  if (!metric) metric = std::make_unique<Metric>();
  return *metric;
}

Counter& MetricRegistry::CounterOf(std::string_view name, std::span<const MetricLabel> labels) {
  const std::lock_guard lock(mutex_);
  return Find(counters_, name, labels);
}

Gauge& MetricRegistry::GaugeOf(std::string_view name, std::span<const MetricLabel> labels) {
  const std::lock_guard lock(mutex_);
  return Find(gauges_, name, labels);
}

Histogram& MetricRegistry::HistogramOf(std::string_view name, std::span<const MetricLabel> labels) {
  const std::lock_guard lock(mutex_);
  return Find(histograms_, name, labels);
}

std::string MetricRegistry::RenderPrometheus() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [dotted, series] : counters_) {
    const std::string name = PrometheusName(dotted, "_total");
    out += fmt::format("# TYPE {} counter\n", name);
    for (const auto& [labels, counter] : series) {
      out += fmt::format("{}{} {}\n", name, Braced(labels), counter->value());
    }
  }
  for (const auto& [dotted, series] : gauges_) {
    const std::string name = PrometheusName(dotted, "");
    out += fmt::format("# TYPE {} gauge\n", name);
    for (const auto& [labels, gauge] : series) {
      out += fmt::format("{}{} {}\n", name, Braced(labels), gauge->value());
    }
  }
  for (const auto& [dotted, series] : histograms_) {
    const std::string name = PrometheusName(dotted, "");
    out += fmt::format("# TYPE {} histogram\n", name);
    for (const auto& [labels, histogram] : series) RenderHistogram(out, name, labels, *histogram);
  }
  return out;
}

}  // namespace outpost
