#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "transition/checkpoints/commands.h"

/// Where the tracker of the transition is: in the server whose data folder it is, else in
/// transition.json beside the plan. Both answer the same commands.
namespace outpost::cli {

class TrackerDoor {
 public:
  /// `data`: the server's data folder; empty: OUTPOST_DATA_FOLDER, else "data" where that is one.
  TrackerDoor(const std::filesystem::path& plan, const std::filesystem::path& data);

  /// @throws Problem as the command did
  std::string Ask(std::string_view command, std::string_view json);
  transition::Tracker Load() { return transition::ReadTracker(Ask("transition.load", "{}")); }
  Instant Now() const { return clock_.Now(); }

  bool is_server() const { return file_ == nullptr; }
  const std::filesystem::path& file() const { return tracker_file_; }
  /// The file beside the plan, which a server's tracker has taken the place of.
  bool HasFileBeside() const;

 private:
  struct File;

  SystemClock clock_;
  std::filesystem::path tracker_file_;
  std::filesystem::path data_;
  std::shared_ptr<File> file_;  // null: the server answers
};

}  // namespace outpost::cli
