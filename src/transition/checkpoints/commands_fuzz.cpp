#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/problem.h"
#include "transition/checkpoints/commands.h"

namespace {

class MemoryStore final : public outpost::transition::CheckpointStore {
 public:
  outpost::transition::Tracker Load() const override { return tracker_; }
  void Update(const std::function<void(outpost::transition::Tracker&)>& change) override {
    auto copy = tracker_;
    change(copy);
    tracker_ = std::move(copy);
  }

 private:
  outpost::transition::Tracker tracker_;
};

}  // namespace

/// The first byte chooses the command.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto kNames = outpost::transition::TrackerCommandNames();
  outpost::ScriptedClock clock({0});
  MemoryStore store;
  outpost::transition::TrackerCommands commands({&store, &clock}, [](const auto&) {
    return std::vector<std::unique_ptr<outpost::transition::Collector>>();
  });
  try {
    commands.Run(kNames[data[0] % kNames.size()],
                 {reinterpret_cast<const char*>(data) + 1, size - 1});
  } catch (const outpost::Problem&) {
    return 0;
  }
  return 0;
}
