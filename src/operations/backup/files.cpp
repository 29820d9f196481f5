#include "operations/backup/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/disk_gate.h"
#include "base/ids.h"
#include "base/problem.h"

namespace outpost::backup {
namespace {

std::string Gigabytes(std::int64_t bytes) {
  const auto tenths = bytes * 10 / (std::int64_t{1} << 30);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB";
}

/// The name that a file has until it is whole. Leftovers of a crash begin with a dot.
std::filesystem::path UnnamedOf(const std::filesystem::path& path) {
  return path.parent_path() / (".new-" + NewHexId());
}

void SyncFolder(const std::filesystem::path& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number() < 0 || ::fsync(opened.number()) != 0) ThrowFileProblem(folder, errno);
}

/// Makes the folder, and the names of what it made durable.
void MakeFolders(const std::filesystem::path& folder, bool is_durable) {
  if (folder.empty() || std::filesystem::is_directory(folder)) return;
  MakeFolders(folder.parent_path(), is_durable);
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) ThrowFileProblem(folder, errno);
  if (is_durable && folder.has_parent_path()) SyncFolder(folder.parent_path());
}

void Write(const std::filesystem::path& path, std::string_view bytes, bool is_durable) {
  MakeFolders(path.parent_path(), is_durable);
  const auto unnamed = UnnamedOf(path);
  try {
    const Descriptor file(
        ::open(unnamed.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.number() < 0) ThrowFileProblem(path, errno);
    WriteAll(file.number(), bytes, path);
    if (is_durable && ::fsync(file.number()) != 0) ThrowFileProblem(path, errno);
    if (::rename(unnamed.c_str(), path.c_str()) != 0) ThrowFileProblem(path, errno);
  } catch (...) {
    ::unlink(unnamed.c_str());
    throw;
  }
  if (is_durable) SyncFolder(path.has_parent_path() ? path.parent_path() : ".");
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (number_ >= 0) ::close(number_);
  number_ = other.Release();
  return *this;
}

int Descriptor::Release() { return std::exchange(number_, -1); }

void ThrowFileProblem(const std::filesystem::path& path, int system_error) {
  if (system_error == ENOSPC || system_error == EDQUOT) {
    throw Problem(ProblemKind::kStorageFull,
                  "There is no room left for " + path.string() + ". Make room and try again.");
  }
  throw Problem(ProblemKind::kInternal,
                path.string() + " cannot be used: " + std::strerror(system_error) + ".");
}

std::string ReadWhole(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0 && errno == ENOENT) {
    throw Problem(ProblemKind::kNotFound, path.string() + " is missing.");
  }
  struct stat facts {};
  if (file.number() < 0 || ::fstat(file.number(), &facts) != 0) ThrowFileProblem(path, errno);
  std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
  if (!ReadAt(file.number(), 0, bytes.data(), bytes.size())) {
    throw Problem(ProblemKind::kInternal, path.string() + " cannot be read.", std::strerror(errno));
  }
  return bytes;
}

void WriteAll(int file, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const auto done = ::write(file, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) ThrowFileProblem(path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

bool ReadAt(int file, std::int64_t offset, char* out, std::size_t length) {
  return ReadUpTo(file, offset, out, length) == length;
}

std::size_t ReadUpTo(int file, std::int64_t offset, char* out, std::size_t length) {
  std::size_t got = 0;
  while (got < length) {
    const auto done =
        ::pread(file, out + got, length - got, offset + static_cast<std::int64_t>(got));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) break;
    got += static_cast<std::size_t>(done);
  }
  return got;
}

void WriteInPlace(const std::filesystem::path& path, std::string_view head, std::string_view rest) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.number() < 0) ThrowFileProblem(path, errno);
  WriteAll(file.number(), head, path);
  WriteAll(file.number(), rest, path);
}

void WriteQuickly(const std::filesystem::path& path, std::string_view bytes) {
  Write(path, bytes, false);
}

void WriteDurably(const std::filesystem::path& path, std::string_view bytes) {
  Write(path, bytes, true);
}

void RequireRoom(const std::filesystem::path& folder, std::int64_t needed) {
  const auto room = RoomOf(folder).free;
  if (room >= needed) return;
  throw Problem(ProblemKind::kStorageFull, "The restore needs about " + Gigabytes(needed) + "; " +
                                               folder.string() + " has room for " +
                                               Gigabytes(room) + ". Nothing was written.");
}

std::int64_t SizeOfFiles(const std::filesystem::path& folder) {
  std::int64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    std::error_code gone;
    if (entry.is_regular_file(gone)) bytes += static_cast<std::int64_t>(entry.file_size(gone));
  }
  return bytes;
}

}  // namespace outpost::backup
