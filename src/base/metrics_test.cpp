#include "base/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace outpost {
namespace {

using testing::HasSubstr;

TEST(MetricRegistry, RendersCountersGaugesAndHistograms) {
  MetricRegistry registry;
  const MetricLabel label{"code", "a\"b"};
  registry.CounterOf("commcare.forms.count", {&label, 1}).Add(3);
  registry.GaugeOf("queue.length").Set(1.5);
  registry.HistogramOf("latency").ObserveMicros(3000);
  const auto text = registry.RenderPrometheus();
  EXPECT_THAT(text, HasSubstr("commcare_forms_count_total{code=\"a\\\"b\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("queue_length 1.5\n"));
  EXPECT_THAT(text, HasSubstr("latency_bucket{le=\"0.0025\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("latency_bucket{le=\"0.005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("latency_sum 0.003\n"));
}

TEST(MetricRegistry, BoundsTheNumberOfLabelSets) {
  MetricRegistry registry;
  for (std::size_t i = 0; i < MetricRegistry::kSeriesMax + 10; ++i) {
    const MetricLabel label{"id", std::to_string(i)};
    registry.CounterOf("c", {&label, 1}).Add();
  }
  EXPECT_THAT(registry.RenderPrometheus(), HasSubstr("c_total{series=\"other\"} 10\n"));
}

}  // namespace
}  // namespace outpost
