#include "store/blobs/detail/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/problem.h"
#include "store/sql/fatal.h"

namespace outpost::blobs::detail {
namespace {

constexpr mode_t kFileMode = 0640;

Descriptor OpenOrThrow(const std::filesystem::path& path, int flags) {
  const int number = ::open(path.c_str(), flags | O_CLOEXEC, kFileMode);
  if (number < 0) ThrowFileProblem(path, errno);
  return Descriptor(number);
}

/// A new folder is only there after a crash when the folder that names it was forced too.
void MakeFolders(const std::filesystem::path& folder, const std::filesystem::path& root) {
  std::vector<std::filesystem::path> missing;
  for (auto at = folder; at != root && !std::filesystem::exists(at); at = at.parent_path()) {
    missing.push_back(at);
  }
  for (auto at = missing.rbegin(); at != missing.rend(); ++at) {
    std::error_code error;
    std::filesystem::create_directory(*at, error);
    if (error) ThrowFileProblem(*at, error.value());
    SyncFolder(at->parent_path());
  }
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(other.Release()) {}

int Descriptor::Release() { return std::exchange(number_, -1); }

void SyncFolder(const std::filesystem::path& folder) {
  const auto descriptor = OpenOrThrow(folder, O_RDONLY | O_DIRECTORY);
  if (::fsync(descriptor.number()) != 0) sql::EndOnSyncFailure(folder.string(), errno);
}

void ThrowFileProblem(const std::filesystem::path& path, int system_error) {
  const std::string detail = path.string() + ": " + std::strerror(system_error);
  if (system_error == ENOSPC || system_error == EDQUOT) {
    throw Problem(ProblemKind::kStorageFull,
                  "The server's disk is full. Nothing was lost; please try again later.", detail);
  }
  throw Problem(ProblemKind::kInternal, "The server could not use one of its files.", detail);
}

TemporaryFile::TemporaryFile(const std::filesystem::path& folder)
    : path_(folder / ("new-" + NewHexId())),
      file_(OpenOrThrow(path_, O_WRONLY | O_CREAT | O_EXCL)) {}

TemporaryFile::~TemporaryFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

void TemporaryFile::Write(std::string_view piece) {
  while (!piece.empty()) {
    const auto written = ::write(file_.number(), piece.data(), piece.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) ThrowFileProblem(path_, errno);
    piece.remove_prefix(static_cast<std::size_t>(written));
  }
}

void TemporaryFile::MoveTo(const std::filesystem::path& path, const std::filesystem::path& root) {
  if (::fsync(file_.number()) != 0) sql::EndOnSyncFailure(path_.string(), errno);
  MakeFolders(path.parent_path(), root);
  if (::rename(path_.c_str(), path.c_str()) != 0) ThrowFileProblem(path, errno);
  path_.clear();
  SyncFolder(path.parent_path());
}

FolderLock::FolderLock(const std::filesystem::path& folder, bool is_shared)
    : file_(OpenOrThrow(folder / ".lock", O_RDWR | O_CREAT)) {
  while (::flock(file_.number(), is_shared ? LOCK_SH : LOCK_EX) != 0) {
    if (errno != EINTR) ThrowFileProblem(folder / ".lock", errno);
  }
}

}  // namespace outpost::blobs::detail
