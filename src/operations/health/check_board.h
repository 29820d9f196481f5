#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"

/// Runs named checks side by side, each with a time limit, and shares their results for a moment,
/// so that whoever asks often does not make the server work often.
namespace outpost::health {

struct CheckResult {
  bool is_ok = false;
  std::string message;
};

/// `run` may block and may throw: a thrown error is a failed check.
struct Check {
  std::string name;
  std::function<CheckResult()> run;
};

struct Verdict {
  std::string check;
  bool is_ok = false;
  std::string message;
  std::int64_t micros = 0;
};

struct BoardLimits {
  std::int64_t check_micros_max = 10'000'000;  // then it counts as failed: "timed out"
  std::int64_t fresh_micros = 1'000'000;       // a result this young answers further questions
  std::size_t questions_max = 256;             // waiting at the same time
};

/// Threads: any. A check that hangs is never started a second time; the destructor waits for it.
class CheckBoard {
 public:
  CheckBoard(std::vector<Check> checks, MetricRegistry& metrics, BoardLimits limits = {});
  CheckBoard(const CheckBoard&) = delete;
  CheckBoard& operator=(const CheckBoard&) = delete;
  ~CheckBoard();

  bool Has(std::string_view name) const;

  /// Calls `then` once, on the board's thread, at the latest check_micros_max later; verdicts come
  /// in the order of `names`, which must be known ones. A question that still waits when the board
  /// is destroyed is dropped.
  /// @returns false, and never calls `then`, when too many questions are waiting.
  using Then = std::function<void(const std::vector<Verdict>&)>;
  bool Ask(const std::vector<std::string>& names, Then then);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::health
