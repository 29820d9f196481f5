#include "operations/backup/destination.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/problem.h"
#include "operations/backup/files.h"

namespace outpost::backup {
namespace {

namespace fs = std::filesystem;

/// Not a parcel: tells a backup from the bare folder on which its disk should be mounted.
constexpr const char* kMarker = "OUTPOST-BACKUP.txt";
constexpr std::string_view kMarkerText =
    "This folder holds the backup of an Outpost server. Its files are sealed: keep the key "
    "elsewhere."
    "\nRestore: outpost restore --from THIS --key backup.key --data NEW-FOLDER\n";

class Folder final : public Destination {
 public:
  explicit Folder(std::string where) : where_(std::move(where)), root_(where_) {}

  void Put(std::string_view name, std::string_view bytes) override {
    if (!HasMarker()) ThrowAway();
    WriteDurably(PathOf(name), bytes);
  }
  std::string Get(std::string_view name) const override { return ReadWhole(PathOf(name)); }
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
      if (gone || at->path() == root_ / kMarker) continue;
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

  std::optional<std::int64_t> FreeBytes() const override {
    struct statvfs facts {};
    if (::statvfs(root_.c_str(), &facts) != 0) return std::nullopt;
    return static_cast<std::int64_t>(facts.f_bavail) * static_cast<std::int64_t>(facts.f_frsize);
  }
  const std::string& where() const override { return where_; }

  bool HasMarker() const {
    std::error_code error;
    return fs::exists(root_ / kMarker, error);
  }
  void Mark() { WriteDurably(root_ / kMarker, kMarkerText); }
  [[noreturn]] void ThrowAway() const {
    throw Problem(ProblemKind::kNotFound,
                  where_ + " does not hold the backup that was there. Is its disk mounted?");
  }

 private:
  fs::path PathOf(std::string_view name) const {
    OUTPOST_CHECK(!name.empty() && name.front() != '/' && name.find("..") == name.npos);
    return root_ / name;
  }

  std::string where_;
  fs::path root_;
};

}  // namespace

std::string NormalPlace(const std::string& where) {
  auto place = fs::absolute(where).lexically_normal();
  if (!place.has_filename() && place.has_parent_path()) place = place.parent_path();
  return place.string();
}

std::unique_ptr<Destination> OpenDestination(const std::string& where, Opening opening) {
  if (where.find("://") != std::string::npos) {
    throw Problem(ProblemKind::kBadRequest,
                  "\"" + where +
                      "\" is no place for backups that this release knows: name a folder, such as "
                      "that of a mounted disk.");
  }
  auto folder = std::make_unique<Folder>(NormalPlace(where));
  std::error_code error;
  if (!fs::is_directory(where, error)) {
    if (opening == Opening::kWrite) folder->ThrowAway();
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
  if (opening == Opening::kWrite && !folder->HasMarker()) folder->ThrowAway();
  return folder;
}

}  // namespace outpost::backup
