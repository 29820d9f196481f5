#include "store/blobs/blobs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/problem.h"
#include "store/blobs/detail/durable_file.h"
#include "store/blobs/detail/sha256.h"
#include "store/blobs/keep_hook.h"

namespace outpost::blobs {
namespace {

using detail::Descriptor;
using detail::FolderLock;
using detail::Sha256Stream;
using detail::TemporaryFile;

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::string_view kIdLead = "b-";
constexpr std::size_t kIdLength = 2 + 64;
/// Longer than any request lives: what is younger may still be named by a row.
constexpr std::chrono::hours kLeftoverAge{1};

/// Fills `piece` from the file. @throws Problem when the file ends early.
std::string_view ReadPiece(int file, std::int64_t offset, std::int64_t length, std::string& piece) {
  piece.resize(static_cast<std::size_t>(
      std::min<std::int64_t>(length, static_cast<std::int64_t>(kPieceBytes))));
  for (;;) {
    const auto got = ::pread(file, piece.data(), piece.size(), offset);
    if (got > 0) return std::string_view(piece).substr(0, static_cast<std::size_t>(got));
    if (got < 0 && errno == EINTR) continue;
    throw Problem(ProblemKind::kInternal, "The server could not read back what was sent.",
                  got == 0 ? "file is shorter than said" : "read failed");
  }
}

/// Makes an existing file young again, so that it is not removed before the row that names it is
/// written. False when there is none.
bool Refresh(const std::filesystem::path& folder, const std::filesystem::path& path) {
  const FolderLock lock(folder, /*is_shared=*/true);
  if (::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) != 0) return false;
  // Another thread may have named it a moment ago and not have forced the name yet.
  detail::SyncFolder(path.parent_path());
  return true;
}

[[noreturn]] void ThrowNotFound(std::string_view id) {
  throw Problem(ProblemKind::kNotFound, "This file does not exist.", std::string(id));
}

bool IsId(std::string_view id) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return id.size() == kIdLength && id.starts_with(kIdLead) &&
         std::all_of(id.begin() + kIdLead.size(), id.end(), is_digit);
}

/// By folder. A process has one or two.
class KeepHooks {
 public:
  static KeepHooks& All() {
    static KeepHooks hooks;
    return hooks;
  }
  void Set(const std::filesystem::path& folder, std::function<void(const std::string&)> hook) {
    const std::lock_guard lock(mutex_);
    if (hook) {
      hooks_[folder] = std::move(hook);
    } else {
      hooks_.erase(folder);
    }
  }
  void Tell(const std::filesystem::path& folder, const std::string& id) {
    const std::lock_guard lock(mutex_);
    const auto hook = hooks_.find(folder);
    if (hook != hooks_.end()) hook->second(id);
  }

 private:
  std::mutex mutex_;
  std::map<std::filesystem::path, std::function<void(const std::string&)>> hooks_;
};

}  // namespace

void OnKeepFile(const std::filesystem::path& folder,
                std::function<void(const std::string& id)> hook) {
  KeepHooks::All().Set(folder, std::move(hook));
}

BlobStore::BlobStore(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) detail::ThrowFileProblem(folder_, error.value());
}

std::filesystem::path BlobStore::PathOf(std::string_view id) const {
  OUTPOST_CHECK(IsId(id));
  return folder_ / id.substr(2, 2) / id.substr(4, 2) / id;
}

Prepared BlobStore::Prepare(std::string_view bytes) const {
  Sha256Stream hash;
  hash.Add(bytes);
  Prepared blob{std::string(kIdLead) + hash.Finish(), static_cast<std::int64_t>(bytes.size()), {}};
  if (bytes.size() <= kInDatabaseBytesMax) {
    blob.small_bytes = bytes;
    return blob;
  }
  const auto path = PathOf(blob.id);
  if (Refresh(folder_, path)) return blob;
  TemporaryFile file(folder_);
  file.Write(bytes);
  file.MoveTo(path, folder_);
  return blob;
}

Prepared BlobStore::Prepare(int file_descriptor, std::int64_t offset, std::int64_t length) const {
  const bool is_small = length <= static_cast<std::int64_t>(kInDatabaseBytesMax);
  Prepared blob;
  blob.length = length;
  std::optional<TemporaryFile> file;
  if (!is_small) file.emplace(folder_);
  Sha256Stream hash;
  std::string buffer;
  for (std::int64_t done = 0; done < length;) {
    const auto piece = ReadPiece(file_descriptor, offset + done, length - done, buffer);
    hash.Add(piece);
    if (is_small) {
      blob.small_bytes += piece;
    } else {
      file->Write(piece);
    }
    done += static_cast<std::int64_t>(piece.size());
  }
  blob.id = std::string(kIdLead) + hash.Finish();
  if (!is_small && !Refresh(folder_, PathOf(blob.id))) file->MoveTo(PathOf(blob.id), folder_);
  return blob;
}

void BlobStore::Keep(sql::Batch& batch, const Prepared& blob) const {
  const bool is_small = blob.length <= static_cast<std::int64_t>(kInDatabaseBytesMax);
  const sql::Param bytes = is_small ? sql::Param(sql::Bytes{blob.small_bytes}) : sql::Param();
  batch.connection().Execute(
      "INSERT INTO blobs (id, length, bytes) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
      {blob.id, blob.length, bytes});
  if (!is_small) KeepHooks::All().Tell(folder_, blob.id);
}

void BlobStore::Drop(sql::Batch& batch, std::string_view id) const {
  batch.connection().Execute("DELETE FROM blobs WHERE id = $1", {id});
}

BlobStore::Opened BlobStore::Open(sql::Connection& connection, std::string_view id) const {
  const auto rows = connection.Query("SELECT length, bytes FROM blobs WHERE id = $1", {id});
  if (!IsId(id) || !rows->Next()) ThrowNotFound(id);
  Opened opened;
  opened.length = rows->Int(0);
  if (opened.length <= static_cast<std::int64_t>(kInDatabaseBytesMax)) {
    opened.bytes = rows->Blob(1);
    return opened;
  }
  const auto path = PathOf(id);
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat found {};
  if (file.number() < 0 || ::fstat(file.number(), &found) != 0 || found.st_size != opened.length) {
    throw Problem(ProblemKind::kInternal, "This file is missing on the server.", path.string());
  }
  opened.file = file.Release();
  return opened;
}

std::string BlobStore::Read(sql::Connection& connection, std::string_view id) const {
  auto opened = Open(connection, id);
  if (opened.file < 0) return std::move(opened.bytes);
  const Descriptor file(opened.file);
  std::string whole;
  whole.reserve(static_cast<std::size_t>(opened.length));
  std::string buffer;
  for (std::int64_t done = 0; done < opened.length;) {
    const auto piece = ReadPiece(file.number(), done, opened.length - done, buffer);
    whole += piece;
    done += static_cast<std::int64_t>(piece.size());
  }
  return whole;
}

int BlobStore::RemoveUnreferenced(sql::Connection& connection) const {
  const auto is_old = [](const std::filesystem::path& path) {
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(path, error);
    return !error && std::filesystem::file_time_type::clock::now() - changed > kLeftoverAge;
  };
  std::vector<std::filesystem::path> old;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    if (!entry.is_regular_file() || !is_old(entry.path())) continue;
    const auto name = entry.path().filename().string();
    if (IsId(name) || name.starts_with("new-")) old.push_back(entry.path());
  }
  int removed = 0;
  for (const auto& path : old) {
    const auto name = path.filename().string();
    const auto rows = connection.Query("SELECT 1 FROM blobs WHERE id = $1", {name});
    if (rows->Next()) continue;
    const FolderLock lock(folder_, /*is_shared=*/false);
    if (is_old(path) && ::unlink(path.c_str()) == 0) ++removed;  // unless refreshed meanwhile
  }
  return removed;
}

}  // namespace outpost::blobs
