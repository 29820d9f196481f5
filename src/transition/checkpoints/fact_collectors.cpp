#include <fmt/format.h>

#include "base/text.h"
#include "transition/checkpoints/collectors.h"

namespace outpost::transition {
namespace {

/// A memory of "16 GB" reports a little less than that.
constexpr double kMemoryTolerance = 0.93;

std::optional<double> Figure(const Evidence& evidence, const char* name) {
  const auto found = evidence.figures.find(name);
  if (found == evidence.figures.end()) return {};
  try {
    return std::stod(found->second);
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace

Facts FactsOf(const Collector& collector) {
  Facts facts;
  for (const auto& item : Items()) {
    if (const auto evidence = collector.Look(item)) {
      facts[std::string(item.id)] = {evidence->verdict, evidence->sentence, evidence->figures};
    }
  }
  return facts;
}

std::optional<Evidence> FactCollector::Look(const Item& item) const {
  const auto fact = facts_.find(item.id);
  if (fact == facts_.end()) return {};
  Evidence evidence;
  evidence.verdict = fact->second.verdict;
  evidence.sentence = fact->second.sentence;
  evidence.figures = fact->second.figures;
  return evidence;
}

std::optional<Evidence> HostFitCollector::Look(const Item& item) const {
  if (item.id != "C1.4") return {};
  auto evidence = of_plan_->Look(item);
  const auto hardware = of_host_->Look(*FindItem("Q2.2.1"));
  if (!evidence || !hardware || evidence->verdict != Verdict::kHolds) return evidence;
  const auto cores_needed = Figure(*evidence, "machine_cores_needed");
  const auto ram_needed = Figure(*evidence, "machine_ram_gb_needed");
  const auto cores = Figure(*hardware, "cores");
  const auto ram = Figure(*hardware, "ram_gb");
  if (!cores_needed || !ram_needed || !cores || !ram) return evidence;
  evidence->figures["host_cores"] = fmt::format("{:.0f}", *cores);
  evidence->figures["host_ram_gb"] = fmt::format("{:.1f}", *ram);
  const auto seen = fmt::format("this host has {:.0f} cores and {:.1f} GB of memory", *cores, *ram);
  if (*cores < *cores_needed || *ram < *ram_needed * kMemoryTolerance) {
    evidence->verdict = Verdict::kFails;
    evidence->sentence = fmt::format("{}; one machine of the sizing has {:.0f} cores and {:.0f} GB",
                                     seen, *cores_needed, *ram_needed);
  } else {
    evidence->sentence += "; " + seen;
  }
  return evidence;
}

std::optional<Evidence> NotYetCollector::Look(const Item& item) const {
  if (item.level != Level::kFull) return {};
  Evidence evidence;
  evidence.sentence = fmt::format("not yet: needs {}", item.proof);
  return evidence;
}

}  // namespace outpost::transition
