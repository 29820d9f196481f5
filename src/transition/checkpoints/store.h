#pragma once

#include <filesystem>
#include <functional>

#include "transition/checkpoints/state.h"

namespace outpost::transition {

/// Where the tracker is kept: a server has tables for it (operations/tracker), a plan folder a
/// file.
class CheckpointStore {
 public:
  virtual ~CheckpointStore() = default;
  /// An empty tracker when nothing has been kept yet.
  virtual Tracker Load() const = 0;
  /// Loads, changes and saves as one step: nobody else's change is lost in between. When `change`
  /// throws, nothing is saved. It must not wait for anything, and may find no more of the audit
  /// trail than its last entry.
  virtual void Update(const std::function<void(Tracker&)>& change) = 0;
};

/// transition.json in the folder of the plan. Writers wait for each other by a lock file; a write
/// that fails leaves the old file as it was.
class FileCheckpointStore final : public CheckpointStore {
 public:
  explicit FileCheckpointStore(std::filesystem::path file) : file_(std::move(file)) {}
  /// @throws Problem kMalformed when the file is not ours, or its audit trail was changed.
  Tracker Load() const override;
  void Update(const std::function<void(Tracker&)>& change) override;

 private:
  std::filesystem::path file_;
};

/// The same as text. ReadTracker refuses what WriteTracker would not have written.
std::string WriteTracker(const Tracker& tracker);
Tracker ReadTracker(std::string_view text);
/// One record, for stores that keep them apart.
std::string WriteRecord(const Record& record);
Record ReadRecord(const std::string& id, std::string_view text);

}  // namespace outpost::transition
