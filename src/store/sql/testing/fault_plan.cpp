#include "store/sql/testing/fault_plan.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "base/text.h"

namespace outpost::sql_testing {
namespace {

constexpr std::array<std::pair<std::string_view, FileCall>, kFileCallKinds> kCalls = {{
    {"open", FileCall::kOpen},
    {"read", FileCall::kRead},
    {"write", FileCall::kWrite},
    {"sync", FileCall::kSync},
    {"truncate", FileCall::kTruncate},
}};

[[noreturn]] void Refuse(std::string_view word) {
  throw std::invalid_argument("fault plan: cannot read '" + std::string(word) + "'");
}

std::int64_t NumberOf(std::string_view digits, std::string_view word) {
  const auto number = ParseInt(digits);
  if (!number || *number < 0) Refuse(word);
  return *number;
}

PlannedFault ParseCall(std::string_view word) {
  const auto parts = Split(word, ':');
  if (parts.size() != 3) Refuse(word);
  PlannedFault fault;
  bool is_known = false;
  for (const auto& [name, call] : kCalls) {
    if (parts[0] != name) continue;
    fault.call = call;
    is_known = true;
  }
  auto at = parts[1];
  if (at.ends_with('+')) {
    fault.is_lasting = true;
    at.remove_suffix(1);
  }
  fault.at = static_cast<std::uint64_t>(NumberOf(at, word));
  fault.is_full = parts[2] == "ENOSPC";
  if (!is_known || fault.at == 0 || (!fault.is_full && parts[2] != "EIO")) Refuse(word);
  return fault;
}

}  // namespace

FaultPlan ParseFaultPlan(std::string_view text) {
  FaultPlan plan;
  for (const auto raw : Split(text, ',')) {
    const auto word = Trim(raw);
    if (word.empty()) continue;
    if (word == "drop-unsynced") {
      plan.drops_unsynced = true;
    } else if (word.starts_with("full:")) {
      plan.growth_bytes_max = NumberOf(word.substr(5), word);
    } else if (word.starts_with("seed:")) {
      plan.seed = static_cast<std::uint64_t>(NumberOf(word.substr(5), word));
    } else {
      plan.faults.push_back(ParseCall(word));
    }
  }
  return plan;
}

}  // namespace outpost::sql_testing
