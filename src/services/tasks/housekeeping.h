#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/// Regular small work that nobody waits for: removing what is past its time, looking after oneself.
namespace outpost::tasks {

/// Asked between two slices of work; false when the server stops.
using GoOn = std::function<bool()>;

/// One kind of work. `run` does all that is due, in slices that leave the writer to phones, and
/// returns how much it removed. It may throw: the failure is logged and it runs again in its time.
struct Chore {
  std::string name;
  std::int64_t every_seconds = 3'600;
  std::function<std::int64_t(const GoOn&)> run;
};

/// Runs the chores on a thread of its own, each a minute after the start and then in its interval.
class Housekeeping {
 public:
  explicit Housekeeping(std::vector<Chore> chores);
  /// Stop().
  ~Housekeeping();

  /// Waits for the slice of a chore that runs.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::tasks
