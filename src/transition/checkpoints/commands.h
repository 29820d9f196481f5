#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "transition/checkpoints/collectors.h"
#include "transition/checkpoints/tracker.h"

/// What may be asked of a tracker, by name and with a JSON object, wherever it is kept: a running
/// server answers on its admin socket, and without one the command answers itself. The rules are
/// the desk's in both cases.
///
///   transition.load     {}                                    the tracker, as WriteTracker writes
///   it transition.answer   {"id", "text", "by"} transition.assign   {"id", "owner", "due", "by"}
///   transition.sign     {"id", "by", "function", "document"}
///   transition.waive    {"id", "because", "by"}
///   transition.reopen   {"id", "because", "by"}
///   transition.section  {"section", "on", "by"}
///   transition.check    {"id", "plan", "host", "outside"}     {"looked": 161}
///   transition.adopt    {"tracker", "by"}
///
/// An answer without anything to say is {}. What is absent counts as empty; a key that no command
/// has is refused.
namespace outpost::transition {

/// Of "transition.adopt": a whole tracker.
inline constexpr std::int64_t kCommandBytesMax = 64 << 20;

std::vector<std::string_view> TrackerCommandNames();

class TrackerCommands {
 public:
  struct Lookout {
    bool host = false;     // this machine is the server
    bool outside = false;  // may ask the outside, such as name servers
  };
  /// Makes the collectors of the place where the tracker is, in order of their weight.
  using Collectors = std::function<std::vector<std::unique_ptr<Collector>>(const Lookout&)>;

  TrackerCommands(TransitionDesk desk, Collectors collectors)
      : desk_(std::move(desk)), collectors_(std::move(collectors)) {}

  /// @throws Problem kNotFound for an unknown command, kMalformed for bytes that are not such an
  ///         object, and what the desk throws
  std::string Run(std::string_view command, std::string_view json);

 private:
  TransitionDesk desk_;
  Collectors collectors_;
};

/// As they travel in "plan" of transition.check.
std::string JsonOf(const Facts& facts);

}  // namespace outpost::transition
