#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/problem.h"
#include "operations/backup/detail/places.h"
#include "operations/backup/files.h"

namespace outpost::backup::detail {
namespace {

namespace fs = std::filesystem;

class Folder final : public Destination {
 public:
  Folder(fs::path root, std::shared_ptr<Pacer> pacer)
      : where_(root.string()), root_(std::move(root)), pacer_(std::move(pacer)) {}

  void Put(std::string_view name, std::string_view bytes) override {
    if (!HasMarker()) ThrowAway(where_);
    Wait(bytes.size());
    WriteDurably(PathOf(name), bytes);
  }
  std::string Get(std::string_view name) const override {
    auto bytes = ReadWhole(PathOf(name));
    Wait(bytes.size());
    return bytes;
  }
  bool Has(std::string_view name) const override {
    std::error_code error;
    return fs::is_regular_file(PathOf(name), error);
  }

  std::vector<StoredObject> List(std::string_view under) const override {
    std::vector<StoredObject> found;
    const auto from = under.empty() ? root_ : PathOf(under);
    std::error_code error;
    for (fs::recursive_directory_iterator at(from, error), end; !error && at != end;
         at.increment(error)) {
      std::error_code gone;  // another process may remove what is past its time
      if (!at->is_regular_file(gone) || at->path().filename().native().starts_with('.')) continue;
      const auto bytes = at->file_size(gone);
      if (gone || at->path() == root_ / kMarkerName) continue;
      found.push_back({at->path().lexically_relative(root_).generic_string(),
                       static_cast<std::int64_t>(bytes)});
    }
    if (error && error != std::errc::no_such_file_or_directory) {
      ThrowFileProblem(from, error.value());
    }
    std::sort(found.begin(), found.end(),
              [](const StoredObject& a, const StoredObject& b) { return a.name < b.name; });
    return found;
  }

  void Remove(std::string_view name) override {
    std::error_code error;
    fs::remove(PathOf(name), error);
    if (error) ThrowFileProblem(PathOf(name), error.value());
  }

  const std::string& where() const override { return where_; }
  void Interrupt() override { is_interrupted_ = true; }

  bool HasMarker() const {
    std::error_code error;
    return fs::exists(root_ / kMarkerName, error);
  }
  void Mark() { WriteDurably(root_ / kMarkerName, kMarkerText); }

 private:
  fs::path PathOf(std::string_view name) const {
    OUTPOST_CHECK(IsObjectName(name));
    return root_ / name;
  }
  /// Whole objects at once: what a disk takes in between is the kernel's business.
  void Wait(std::size_t bytes) const {
    if (pacer_ == nullptr) return;
    constexpr std::chrono::milliseconds kNap{100};
    const auto now = SteadyMicros();
    const auto until = now + pacer_->Reserve(static_cast<std::int64_t>(bytes), now);
    while (SteadyMicros() < until) {
      if (is_interrupted_)
        throw Problem(ProblemKind::kPaused, "The backup waits: the server stops.");
      std::this_thread::sleep_for(std::min<std::chrono::microseconds>(
          kNap, std::chrono::microseconds(until - SteadyMicros())));
    }
  }

  std::string where_;
  fs::path root_;
  std::shared_ptr<Pacer> pacer_;
  std::atomic<bool> is_interrupted_{false};
};

}  // namespace

std::unique_ptr<Destination> OpenFolder(const FolderPlace& place, Opening opening,
                                        std::shared_ptr<Pacer> pacer) {
  auto folder = std::make_unique<Folder>(place.folder, std::move(pacer));
  const auto& where = folder->where();
  std::error_code error;
  if (!fs::is_directory(where, error)) {
    if (opening == Opening::kWrite) ThrowAway(where);
    if (opening == Opening::kRead) {
      throw Problem(ProblemKind::kNotFound, "There is no backup folder " + where + ".");
    }
    if (!fs::create_directories(where, error) || error) {
      throw Problem(ProblemKind::kInternal, "The backup folder " + where +
                                                " cannot be made: " + error.message() +
                                                ". Is the disk mounted, and may the server write?");
    }
    fs::permissions(where, fs::perms::owner_all, error);
  }
  if (opening == Opening::kMake && !folder->HasMarker()) folder->Mark();
  if (opening == Opening::kWrite && !folder->HasMarker()) ThrowAway(where);
  return folder;
}

}  // namespace outpost::backup::detail
