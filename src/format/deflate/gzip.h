#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

/// gzip (RFC 1952) over zlib, with the limits at the caller: nothing is decoded ahead of what the
/// caller takes.
namespace outpost::deflate {

/// One gzip member, as most clients read no further than the first. `level`: 1 (fast) to 9 (small).
std::string Gzip(std::string_view bytes, int level = 4);

/// Decodes a gzip stream piece by piece; several members follow each other as one. Memory: 48 kB.
/// Threads: one at a time.
class Gunzip {
 public:
  static constexpr std::size_t kPieceBytesMax = 16 * 1024;

  /// Takes a decoded piece of up to kPieceBytesMax; false stops the decoding.
  using Sink = std::function<bool(std::string_view)>;

  enum class State : std::uint8_t {
    kOpen,      // in the middle of a member
    kComplete,  // exactly at the end of a member
    kBroken,    // not gzip, or damaged
    kStopped,   // the sink said so
  };

  Gunzip();
  ~Gunzip();

  /// After kBroken and kStopped nothing more may be fed.
  State Feed(std::string_view bytes, const Sink& sink);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::deflate
