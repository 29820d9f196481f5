#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// The digest by which phone and server tell whether they mean the same cases (restore document
/// 11.2): XOR of the MD5 of each id. Adding an id that is in takes it out again.
namespace outpost::sync_log {

inline constexpr std::string_view kStatePrefix = "ccsh:";

class StateHash {
 public:
  StateHash() = default;
  /// @throws Problem kInternal unless these are the 16 bytes of Bytes().
  explicit StateHash(std::string_view bytes);

  void Toggle(std::string_view case_id);

  /// 32 lower-case hex digits; "" for the empty set.
  std::string Digest(std::size_t ids) const;
  std::string_view Bytes() const;

 private:
  std::array<std::uint8_t, 16> xored_{};
};

/// Whether a `state` parameter means that digest. The prefix's letter case does not count; without
/// it nothing fits.
bool StateFits(std::string_view state, std::string_view digest);

}  // namespace outpost::sync_log
