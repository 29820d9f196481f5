#include "operations/loadtest/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "operations/loadtest/percentiles.h"

namespace outpost::loadtest {
namespace {

namespace json = boost::json;

constexpr double kPercents[] = {50, 75, 90, 95, 99, 99.9, 100};

std::uint64_t ErrorsOf(const SubmitResult& result) {
  std::uint64_t errors = 0;
  for (const auto& [what, count] : result.errors) errors += count;
  return errors;
}

double PercentileOf(const Summary& summary, double percent) {
  for (const auto& entry : summary.percentiles) {
    if (entry.percent == percent) return entry.milliseconds;
  }
  return 0;
}

std::string VerdictText(const VerifyResult* verified) {
  if (verified == nullptr) return "Not compared with the database.\n";
  auto text = fmt::format(
      "Compared with the database: {} forms; {} missing, {} doubled, {} incomplete, "
      "{} cases with wrong transactions, {} forms too many; {} unanswered ones are stored\n",
      verified->checked, verified->missing, verified->doubled, verified->incomplete,
      verified->wrong_transactions, verified->surplus, verified->found_unanswered);
  for (const auto& example : verified->examples) text += "  " + example + "\n";
  text += verified->is_exact() ? "Every acknowledged form is there exactly once.\n"
                               : "FORMS WERE LOST OR DOUBLED.\n";
  return text;
}

}  // namespace

Summary Summarise(SubmitResult& result) {
  Summary summary;
  summary.seconds = static_cast<double>(result.elapsed_micros) / 1e6;
  if (summary.seconds > 0) {
    summary.forms_per_second = static_cast<double>(result.acknowledged) / summary.seconds;
    summary.generator_cpu_share =
        static_cast<double>(result.generator_cpu_micros) / 1e6 / summary.seconds;
  }
  const auto errors = ErrorsOf(result);
  if (errors + result.acknowledged > 0) {
    summary.error_share =
        static_cast<double>(errors) / static_cast<double>(errors + result.acknowledged);
  }
  std::sort(result.samples.begin(), result.samples.end());
  for (const double percent : kPercents) {
    summary.percentiles.push_back(
        {percent, static_cast<double>(NearestRank(result.samples, percent)) / 1e3});
  }
  if (result.per_second.size() > 1) {
    summary.slowest_second =
        *std::min_element(result.per_second.begin(), result.per_second.end() - 1);
  }
  return summary;
}

bool Passed(const Summary& summary, const VerifyResult* verified) {
  return (verified == nullptr || verified->is_exact()) && summary.error_share < kErrorShareMax &&
         PercentileOf(summary, 95) < kReceiverP95MsMax;
}

std::string TextOf(const SubmitResult& result, const Summary& summary,
                   const VerifyResult* verified) {
  auto text = fmt::format(
      "{} forms acknowledged in {:.1f} s: {:.0f}/s (slowest second {:.0f}), {} unanswered\n",
      result.acknowledged, summary.seconds, summary.forms_per_second, summary.slowest_second,
      result.unanswered);
  text += "Milliseconds:";
  for (const auto& entry : summary.percentiles) {
    text += entry.percent == 100 ? fmt::format("  max {:.1f}", entry.milliseconds)
                                 : fmt::format("  {}% {:.1f}", entry.percent, entry.milliseconds);
  }
  text += fmt::format("\nErrors: {:.2f} %", 100 * summary.error_share);
  for (const auto& [what, count] : result.errors) text += fmt::format("  {}: {}", what, count);
  text += fmt::format(
      "\nSent {:.1f} MB, received {:.1f} MB; the generator took {:.0f} % of a core\n",
      static_cast<double>(result.bytes_sent) / 1e6,
      static_cast<double>(result.bytes_received) / 1e6, 100 * summary.generator_cpu_share);
  text += VerdictText(verified);
  text += Passed(summary, verified) ? "PASSED\n" : "NOT PASSED\n";
  return text;
}

std::string JsonOf(const SubmitOptions& options, const SubmitResult& result, const Summary& summary,
                   const VerifyResult* verified) {
  json::object percentiles;
  for (const auto& entry : summary.percentiles) {
    percentiles[fmt::format("{}", entry.percent)] = entry.milliseconds;
  }
  json::object errors;
  for (const auto& [what, count] : result.errors) errors[what] = count;
  json::array per_second;
  for (const auto count : result.per_second) per_second.push_back(count);
  json::object page{{"connections", options.connections},
                    {"rate", options.rate},
                    {"users", options.forms.users.size()},
                    {"seed", options.forms.seed},
                    {"seconds", summary.seconds},
                    {"sent", result.sent},
                    {"acknowledged", result.acknowledged},
                    {"unanswered", result.unanswered},
                    {"forms_per_second", summary.forms_per_second},
                    {"slowest_second", summary.slowest_second},
                    {"milliseconds", std::move(percentiles)},
                    {"error_share", summary.error_share},
                    {"errors", std::move(errors)},
                    {"bytes_sent", result.bytes_sent},
                    {"bytes_received", result.bytes_received},
                    {"generator_cpu_share", summary.generator_cpu_share},
                    {"per_second", std::move(per_second)},
                    {"passed", Passed(summary, verified)}};
  if (verified != nullptr) page["verified"] = json::parse(JsonOf(*verified));
  return json::serialize(page) + "\n";
}

}  // namespace outpost::loadtest
