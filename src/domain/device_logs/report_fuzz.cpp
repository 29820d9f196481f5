#include <cstddef>
#include <cstdint>

#include "base/problem.h"
#include "domain/device_logs/report.h"
#include "domain/device_logs/report_view.h"

namespace logs = outpost::device_logs;

/// Any XML is a report, if an empty one, and can be shown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto document =
        outpost::xml::Document::Parse({reinterpret_cast<const char*>(data), size});
    logs::StoredReport stored;
    stored.report = logs::ReadReport(document);
    logs::CompleteSignIns(stored.report, [](std::string_view name) { return std::string(name); });
    if (logs::RenderReport(stored).empty()) __builtin_trap();
  } catch (const outpost::Problem& problem) {
    if (problem.kind() != outpost::ProblemKind::kMalformed) __builtin_trap();
  }
  return 0;
}
