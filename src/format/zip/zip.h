#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// ZIP archives (libarchive underneath, its zip reader and writer only).
namespace outpost::zip {

struct Limits {
  std::int64_t archive_bytes = std::int64_t{512} << 20;
  std::size_t entries = 20'000;  // files and folders
  std::size_t name_bytes = 512;
  std::int64_t entry_bytes = std::int64_t{256} << 20;  // unpacked
  std::int64_t total_bytes = std::int64_t{1} << 30;    // unpacked
  /// All files together may unpack to so many times the archive's bytes, and to kFreeBytes anyway.
  std::int64_t ratio = 200;
};
inline constexpr std::int64_t kFreeBytes = 1 << 20;

/// A file of an archive: its name with forward slashes, never absolute, without "." and "..".
struct Entry {
  std::string name;
  std::int64_t offset = 0;  // in the unpacked bytes
  std::int64_t length = 0;
};

/// An archive, unpacked whole into one file without a name: what is refused leaves nothing behind.
/// Folders are left out. Threads: any may read.
class Archive {
 public:
  /// Reads `length` bytes of an open file from its beginning; moves its position. `spool`: the
  /// folder for the unnamed file.
  /// @throws Problem kUnprocessable naming the entry and the reason: names that lead outside, twice
  ///         the same name, links and devices, encrypted ones, a checksum that does not fit,
  ///         limits; what is no ZIP archive or is cut off. kStorageFull when the disk is full.
  static Archive Unpack(int file, std::int64_t length, const std::filesystem::path& spool,
                        const Limits& limits = {});
  static Archive Unpack(std::string_view bytes, const std::filesystem::path& spool,
                        const Limits& limits = {});

  Archive(Archive&&) noexcept;
  Archive& operator=(Archive&&) noexcept;
  ~Archive();

  /// In the order of their names.
  const std::vector<Entry>& entries() const { return entries_; }
  /// Null: no such file.
  const Entry* Find(std::string_view name) const;
  std::string Read(const Entry& entry) const;
  /// The unnamed file with all unpacked bytes; stays owned by the archive.
  int file() const { return file_; }

 private:
  Archive() = default;
  void Fill(void* reader, std::int64_t archive_bytes, const Limits& limits);

  std::vector<Entry> entries_;
  int file_ = -1;
};

/// Writes an archive piece by piece. The same calls give the same bytes. Threads: one.
class Writer {
 public:
  using Sink = std::function<void(std::string_view)>;
  /// `sink` takes the bytes in order; what it throws comes out of the call that wrote them.
  explicit Writer(Sink sink);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();

  /// `is_packed`: what is compressed already is better stored as it is.
  void Add(std::string_view name, std::string_view bytes, bool is_packed);
  /// `length` bytes of an open file at `offset`, copied in pieces.
  void Add(std::string_view name, int file, std::int64_t offset, std::int64_t length,
           bool is_packed);
  /// Writes the directory. Nothing may be added afterwards.
  void Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::zip
