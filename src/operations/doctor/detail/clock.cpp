#include <fmt/format.h>
#include <sys/timex.h>

#include "operations/doctor/detail/checks.h"

namespace outpost::doctor::detail {
namespace {

constexpr std::int64_t kErrorMicrosMax = 500'000;

ClockFacts ReadClock() {
  timex facts{};  // modes 0: only reads
  const int state = ::adjtimex(&facts);
  if (state < 0) return {false, false, 0};
  return {true, state != TIME_ERROR && (facts.status & STA_UNSYNC) == 0, facts.maxerror};
}

}  // namespace

Finding JudgeClock(const ClockFacts& facts) {
  const std::string remedy =
      "Let a time service set the clock: apt install chrony, then check with chronyc tracking.";
  if (!facts.is_readable) {
    return {"clock", Judgement::kWarning, "The kernel does not tell about its clock.", remedy};
  }
  if (!facts.is_synchronised) {
    return {"clock", Judgement::kWarning, "no time service keeps the clock", remedy};
  }
  const double seconds = static_cast<double>(facts.error_micros_max) / 1e6;
  const auto evidence = fmt::format("synchronised, wrong by at most {:.3f} s", seconds);
  if (facts.error_micros_max >= kErrorMicrosMax) {
    return {"clock", Judgement::kFailure, evidence, remedy};
  }
  return {"clock", Judgement::kOk, evidence, ""};
}

void CheckClock(Findings& findings) { findings.push_back(JudgeClock(ReadClock())); }

}  // namespace outpost::doctor::detail
