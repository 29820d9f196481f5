#include "operations/loadtest/phone_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "operations/loadtest/percentiles.h"
#include "operations/loadtest/report.h"

namespace outpost::loadtest {
namespace {

namespace json = boost::json;

double Milliseconds(std::vector<std::uint32_t>& samples, double percent) {
  return static_cast<double>(NearestRank(samples, percent)) / 1e3;
}

std::uint64_t ErrorsOf(const LoadPart& part) {
  std::uint64_t errors = 0;
  for (const auto& [what, count] : part.errors) errors += count;
  return errors;
}

double CpuShare(const LoadPart& part) {
  return part.elapsed_micros == 0 ? 0
                                  : static_cast<double>(part.generator_cpu_micros) /
                                        static_cast<double>(part.elapsed_micros);
}

std::string TextOf(const char* what, const LoadPart& part, const PartSummary& summary) {
  if (part.asked == 0) return {};
  auto text = fmt::format(
      "{}: {} answered in {:.1f} s, {:.1f}/s; first byte 50% {:.1f} ms, 99% {:.1f} ms; whole 50% "
      "{:.1f} ms, 95% {:.1f} ms, 99% {:.1f} ms, max {:.1f} ms; {:.1f} MB",
      what, part.answered, static_cast<double>(part.elapsed_micros) / 1e6, summary.per_second,
      summary.first_byte_p50, summary.first_byte_p99, summary.whole_p50, summary.whole_p95,
      summary.whole_p99, summary.whole_max, static_cast<double>(part.body_bytes) / 1e6);
  if (part.pending > 0) text += fmt::format("; put off {} times", part.pending);
  for (const auto& [error, count] : part.errors) text += fmt::format("; {}: {}", error, count);
  return text + "\n";
}

json::object ObjectOf(const LoadPart& part, const PartSummary& summary) {
  json::object errors;
  for (const auto& [what, count] : part.errors) errors[what] = count;
  return {{"asked", part.asked},
          {"answered", part.answered},
          {"pending", part.pending},
          {"errors", std::move(errors)},
          {"error_share", summary.error_share},
          {"seconds", static_cast<double>(part.elapsed_micros) / 1e6},
          {"per_second", summary.per_second},
          {"body_bytes", part.body_bytes},
          {"first_byte_ms", {{"50", summary.first_byte_p50}, {"99", summary.first_byte_p99}}},
          {"whole_ms",
           {{"50", summary.whole_p50},
            {"95", summary.whole_p95},
            {"99", summary.whole_p99},
            {"100", summary.whole_max}}},
          {"generator_cpu_share", CpuShare(part)}};
}

}  // namespace

PartSummary Summarise(LoadPart& part) {
  PartSummary summary;
  if (part.elapsed_micros > 0) {
    summary.per_second =
        static_cast<double>(part.answered) * 1e6 / static_cast<double>(part.elapsed_micros);
  }
  const auto errors = ErrorsOf(part);
  if (errors + part.answered > 0) {
    summary.error_share = static_cast<double>(errors) / static_cast<double>(errors + part.answered);
  }
  summary.first_byte_p50 = Milliseconds(part.first_bytes, 50);
  summary.first_byte_p99 = Milliseconds(part.first_bytes, 99);
  summary.whole_p50 = Milliseconds(part.wholes, 50);
  summary.whole_p95 = Milliseconds(part.wholes, 95);
  summary.whole_p99 = Milliseconds(part.wholes, 99);
  summary.whole_max = Milliseconds(part.wholes, 100);
  return summary;
}

PhoneSummary Summarise(PhoneLoadResult& result) {
  return {Summarise(result.restores), Summarise(result.syncs), Summarise(result.logins),
          Summarise(result.forms)};
}

bool Passed(const PhoneLoadOptions& options, const PhoneLoadResult& result,
            const PhoneSummary& summary) {
  if (result.refused > 0 || !result.faults.empty() || result.restores.answered == 0) return false;
  for (const auto* part : {&summary.restores, &summary.syncs, &summary.logins, &summary.forms}) {
    if (part->error_share >= kErrorShareMax) return false;
  }
  if (options.bytes_per_second > 0) return true;
  return summary.restores.whole_p95 < kRestoreP95MsMax &&
         summary.logins.whole_p95 < kRestoreP95MsMax && summary.syncs.whole_p95 < kSyncP95MsMax &&
         summary.forms.whole_p95 < kReceiverP95MsMax;
}

std::string TextOf(const PhoneLoadOptions& options, const PhoneLoadResult& result,
                   const PhoneSummary& summary) {
  auto text = TextOf("First restores", result.restores, summary.restores);
  if (!options.only_restores) text += fmt::format("  with {} cases in all\n", result.cases);
  text += TextOf("Syncs", result.syncs, summary.syncs);
  text += TextOf("Logins and recoveries", result.logins, summary.logins);
  text += TextOf("Forms", result.forms, summary.forms);
  if (result.syncs.asked > 0) {
    text += fmt::format("Syncs that brought cases: {}; phones refused without reason (412): {}\n",
                        result.with_cases, result.refused);
  }
  if (result.unsure > 0) {
    text += fmt::format("Phones that lost an answer and started anew: {}\n", result.unsure);
  }
  if (options.verified_phones > 0) {
    text += fmt::format("Restores read as phones read them: {}, {} faults\n", result.verified,
                        result.faults.size());
  }
  for (const auto& fault : result.faults) text += "  " + fault + "\n";
  text += fmt::format("The generator took {:.0f} % of a core for restores, {:.0f} % afterwards\n",
                      100 * CpuShare(result.restores), 100 * CpuShare(result.syncs));
  return text + (Passed(options, result, summary) ? "PASSED\n" : "NOT PASSED\n");
}

std::string JsonOf(const PhoneLoadOptions& options, const PhoneLoadResult& result,
                   const PhoneSummary& summary) {
  json::array faults;
  for (const auto& fault : result.faults) faults.emplace_back(fault);
  return json::serialize(json::object{{"phones", options.phones},
                                      {"users", options.forms.users.size()},
                                      {"connections", options.connections},
                                      {"sync_rate", options.sync_rate},
                                      {"form_rate", options.form_rate},
                                      {"first_share", options.first_share},
                                      {"phone_bytes_per_second", options.bytes_per_second},
                                      {"restores", ObjectOf(result.restores, summary.restores)},
                                      {"cases", result.cases},
                                      {"syncs", ObjectOf(result.syncs, summary.syncs)},
                                      {"logins", ObjectOf(result.logins, summary.logins)},
                                      {"forms", ObjectOf(result.forms, summary.forms)},
                                      {"with_cases", result.with_cases},
                                      {"refused", result.refused},
                                      {"unsure", result.unsure},
                                      {"verified", result.verified},
                                      {"faults", std::move(faults)},
                                      {"passed", Passed(options, result, summary)}}) +
         "\n";
}

}  // namespace outpost::loadtest
