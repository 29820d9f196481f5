#pragma once

#include <functional>
#include <memory>
#include <string_view>

/// One gzip member written piece by piece, in 256 kB of memory.
namespace outpost::deflate {

class GzipWriter {
 public:
  using Sink = std::function<void(std::string_view)>;

  /// `level`: 1 (fast) to 9 (small).
  GzipWriter(int level, Sink sink);
  ~GzipWriter();

  void Write(std::string_view bytes);
  /// The end of the member. Nothing may be written after it.
  void Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::deflate
