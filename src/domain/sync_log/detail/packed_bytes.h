#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace outpost::sync_log::detail {

/// Numbers and texts one after another: LEB128, and texts behind their length.
class PackedWriter {
 public:
  void Number(std::uint64_t number);
  void Text(std::string_view text);
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// @throws Problem kInternal from each call when the bytes end too early.
class PackedReader {
 public:
  explicit PackedReader(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t Number();
  std::string_view Text();
  /// A number of things that follow, each of at least one byte.
  std::size_t Count();
  bool is_at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

/// Throws Problem kInternal: a sync log that cannot be read.
[[noreturn]] void Damaged();

}  // namespace outpost::sync_log::detail
