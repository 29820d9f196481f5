#include "operations/loadtest/app_report.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "operations/loadtest/percentiles.h"

namespace outpost::loadtest {
namespace {

namespace json = boost::json;

constexpr double kMega = 1e6;

double Milliseconds(std::vector<std::uint32_t>& micros, double percent) {
  return static_cast<double>(NearestRank(micros, percent)) / 1e3;
}

double Seconds(const AppLoadResult& result) {
  return static_cast<double>(result.elapsed_micros) / 1e6;
}

std::uint64_t BytesOf(const AppLoadResult& result) {
  std::uint64_t bytes = 0;
  for (const auto& part : result.parts) bytes += part.body_bytes;
  return bytes;
}

double CpuShare(const AppLoadResult& result) {
  return result.elapsed_micros == 0 ? 0
                                    : static_cast<double>(result.generator_cpu_micros) /
                                          static_cast<double>(result.elapsed_micros);
}

double MegaOf(std::int64_t bytes) { return static_cast<double>(bytes) / kMega; }

json::object ObjectOf(AppPart& part) {
  return {
      {"answered", part.answered},
      {"body_bytes", part.body_bytes},
      {"first_byte_ms",
       {{"50", Milliseconds(part.first_bytes, 50)}, {"99", Milliseconds(part.first_bytes, 99)}}},
      {"whole_ms",
       {{"50", Milliseconds(part.wholes, 50)},
        {"95", Milliseconds(part.wholes, 95)},
        {"99", Milliseconds(part.wholes, 99)},
        {"100", Milliseconds(part.wholes, 100)}}}};
}

}  // namespace

bool Passed(const AppLoadOptions& options, const AppLoadResult& result) {
  return result.installed == static_cast<std::uint64_t>(options.clients);
}

std::string TextOf(const AppLoadOptions& options, AppLoadResult& result, const MemoryPeak& memory) {
  const auto bytes = static_cast<double>(BytesOf(result)) / kMega;
  auto text = fmt::format(
      "{} of {} phones have installed the app of {} files in {:.1f} s: {:.0f} MB, {:.0f} MB/s\n",
      result.installed, options.clients, options.files.size(), Seconds(result), bytes,
      Seconds(result) > 0 ? bytes / Seconds(result) : 0);
  text += fmt::format("Whole install: 50% {} ms, 99% {} ms, max {} ms\n",
                      NearestRank(result.installs, 50), NearestRank(result.installs, 99),
                      NearestRank(result.installs, 100));
  for (std::size_t kind = 0; kind < kAppFileKinds; ++kind) {
    auto& part = result.parts[kind];
    if (part.answered == 0) continue;
    text += fmt::format(
        "{}: {} answered; first byte 50% {:.1f} ms, 99% {:.1f} ms; whole 50% {:.1f} ms, 95% {:.1f} "
        "ms, 99% {:.1f} ms, max {:.1f} ms; {:.1f} MB\n",
        NameOf(static_cast<AppFileKind>(kind)), part.answered, Milliseconds(part.first_bytes, 50),
        Milliseconds(part.first_bytes, 99), Milliseconds(part.wholes, 50),
        Milliseconds(part.wholes, 95), Milliseconds(part.wholes, 99),
        Milliseconds(part.wholes, 100), static_cast<double>(part.body_bytes) / kMega);
  }
  for (const auto& [what, count] : result.errors) text += fmt::format("{}: {}\n", what, count);
  if (memory.peak.resident_bytes > 0) {
    text += fmt::format("Server: {:.0f} MB before, {:.0f} MB at most ({:.0f} MB without files)\n",
                        MegaOf(memory.before.resident_bytes), MegaOf(memory.peak.resident_bytes),
                        MegaOf(memory.peak.own_bytes));
  }
  text += fmt::format("The generator took {:.0f} % of a core\n", 100 * CpuShare(result));
  return text + (Passed(options, result) ? "PASSED\n" : "NOT PASSED\n");
}

std::string JsonOf(const AppLoadOptions& options, AppLoadResult& result, const MemoryPeak& memory) {
  json::object parts, errors;
  for (std::size_t kind = 0; kind < kAppFileKinds; ++kind) {
    if (result.parts[kind].answered == 0) continue;
    parts[NameOf(static_cast<AppFileKind>(kind))] = ObjectOf(result.parts[kind]);
  }
  for (const auto& [what, count] : result.errors) errors[what] = count;
  json::object report{{"clients", options.clients},
                      {"files", options.files.size()},
                      {"installed", result.installed},
                      {"failed", result.failed},
                      {"seconds", Seconds(result)},
                      {"body_bytes", BytesOf(result)},
                      {"install_ms",
                       {{"50", NearestRank(result.installs, 50)},
                        {"99", NearestRank(result.installs, 99)},
                        {"100", NearestRank(result.installs, 100)}}},
                      {"parts", std::move(parts)},
                      {"errors", std::move(errors)},
                      {"generator_cpu_share", CpuShare(result)},
                      {"passed", Passed(options, result)}};
  if (memory.peak.resident_bytes > 0) {
    report["server_memory"] = json::object{{"resident_before", memory.before.resident_bytes},
                                           {"resident_peak", memory.peak.resident_bytes},
                                           {"own_peak", memory.peak.own_bytes}};
  }
  return json::serialize(report) + "\n";
}

}  // namespace outpost::loadtest
