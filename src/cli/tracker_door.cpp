#include "cli/tracker_door.h"

#include <cstdlib>

#include "base/data_folder.h"
#include "cli/admin_client.h"
#include "transition/checkpoints/store.h"

namespace outpost::cli {
namespace {

namespace fs = std::filesystem;

fs::path DataFolderOf(const fs::path& given) {
  if (!given.empty()) return given;
  const char* configured = std::getenv("OUTPOST_DATA_FOLDER");
  const fs::path folder = configured == nullptr || *configured == '\0' ? "data" : configured;
  // A folder that no server has ever started on is not one.
  return fs::exists(DataPaths{folder}.server_key()) ? folder : fs::path();
}

}  // namespace

struct TrackerDoor::File {
  explicit File(const fs::path& file)
      : store(file), commands({&store, &clock}, [](const transition::TrackerCommands::Lookout&) {
          return std::vector<std::unique_ptr<transition::Collector>>();
        }) {}

  SystemClock clock;
  transition::FileCheckpointStore store;
  transition::TrackerCommands commands;
};

TrackerDoor::TrackerDoor(const fs::path& plan, const fs::path& data)
    : tracker_file_(plan.parent_path() / "transition.json"), data_(DataFolderOf(data)) {
  if (data_.empty()) file_ = std::make_shared<File>(tracker_file_);
}

std::string TrackerDoor::Ask(std::string_view command, std::string_view json) {
  return file_ != nullptr ? file_->commands.Run(command, json) : CallServer(data_, command, json);
}

bool TrackerDoor::HasFileBeside() const { return is_server() && fs::exists(tracker_file_); }

}  // namespace outpost::cli
