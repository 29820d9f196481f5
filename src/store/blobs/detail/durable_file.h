#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

/// Files of blobs/: written under a temporary name, forced to disk, then named.
namespace outpost::blobs::detail {

/// An open descriptor, closed when gone.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;

  int number() const { return number_; }
  int Release();

 private:
  int number_;
};

/// Throws Problem kStorageFull for a full disk or quota, else kInternal.
[[noreturn]] void ThrowFileProblem(const std::filesystem::path& path, int system_error);

/// Forces the names in a folder to stable storage. A failed fsync ends the process.
void SyncFolder(const std::filesystem::path& folder);

/// A new file with a name that nobody uses; removed when gone, unless it was given its name.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::filesystem::path& folder);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  void Write(std::string_view piece);
  /// Forces the bytes, then the name, to stable storage. Makes missing folders on the way.
  /// A failed fsync ends the process.
  void MoveTo(const std::filesystem::path& path, const std::filesystem::path& root);

 private:
  std::filesystem::path path_;
  Descriptor file_;
};

/// Held shared while a blob's file is looked for and refreshed, alone while one is removed: also
/// between processes that share the folder.
class FolderLock {
 public:
  FolderLock(const std::filesystem::path& folder, bool is_shared);

 private:
  Descriptor file_;
};

}  // namespace outpost::blobs::detail
