#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

/// Small files of a backup: read whole, written whole or not at all.
namespace outpost::backup {

/// A descriptor that is closed with its scope.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int number() const { return number_; }
  int Release();

 private:
  int number_;
};

/// @throws Problem kStorageFull for a full disk or quota, else kInternal
[[noreturn]] void ThrowFileProblem(const std::filesystem::path& path, int system_error);

/// @throws Problem kNotFound when it is absent, kInternal
std::string ReadWhole(const std::filesystem::path& path);

/// All of `bytes`, or a Problem.
void WriteAll(int file, std::string_view bytes, const std::filesystem::path& path);
/// All of it at its place, or false when the file ends before.
bool ReadAt(int file, std::int64_t offset, char* out, std::size_t length);

/// As much as there is. @returns how many bytes
std::size_t ReadUpTo(int file, std::int64_t offset, char* out, std::size_t length);

/// Mode 0600, absent before; cut short after a crash in between.
void WriteInPlace(const std::filesystem::path& path, std::string_view head, std::string_view rest);

/// Mode 0600, under a temporary name, then renamed: after a crash of the process the file is whole,
/// the old one, or absent. Durably: also after a power cut. Missing folders are made.
void WriteQuickly(const std::filesystem::path& path, std::string_view bytes);
void WriteDurably(const std::filesystem::path& path, std::string_view bytes);

/// Of all files below it, as far as they can be seen.
std::int64_t SizeOfFiles(const std::filesystem::path& folder);

/// @throws Problem kStorageFull when the folder's disk has less
void RequireRoom(const std::filesystem::path& folder, std::int64_t needed);

}  // namespace outpost::backup
