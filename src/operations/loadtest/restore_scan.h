#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "format/deflate/gzip.h"
#include "operations/phones/state_hash.h"

/// Takes from a restore what a phone needs for its next sync, token and digest of the case ids, by
/// looking for tags instead of reading XML: a generator must be far cheaper than the server. Relies
/// on the shape that Outpost and CommCare HQ write (`<case … case_id="…"` and `<restore_id>`).
namespace outpost::loadtest {

enum class ScanDepth : std::uint8_t {
  kToken,  // the first kilobytes; the rest is not even unpacked
  kCases,  // also every case id
  kWhole,  // and keeps the decoded text
};

class RestoreScan {
 public:
  explicit RestoreScan(ScanDepth depth = ScanDepth::kCases) : depth_(depth) {}

  /// The next piece of the body as sent.
  void Add(std::string_view piece, bool is_gzip);

  /// Empty: not found (yet).
  const std::string& token() const { return token_; }
  const phones::StateHash& hash() const { return hash_; }
  std::uint64_t cases() const { return cases_; }
  bool is_broken() const { return is_broken_; }  // no gzip
  const std::string& text() const { return text_; }

 private:
  bool Decoded(std::string_view piece);

  ScanDepth depth_;
  deflate::Gunzip gunzip_;
  std::string pending_;  // not yet looked at: may end within a tag
  std::string token_, text_;
  phones::StateHash hash_;
  std::uint64_t cases_ = 0;
  bool is_broken_ = false, is_done_ = false;
};

}  // namespace outpost::loadtest
