#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/spooled_bytes.h"
#include "format/deflate/gzip_writer.h"

namespace outpost::sync::detail {

/// Takes XML as it is made and leaves it, packed or not, in the spool.
class RestoreOutput {
 public:
  static constexpr std::size_t kPieceBytes = 64 * 1024;

  RestoreOutput(std::filesystem::path folder, bool is_gzip);

  /// What is made next is appended here; call Pour from time to time.
  std::string& text() { return text_; }
  /// Passes on what has gathered when it is a piece.
  void Pour() {
    if (text_.size() >= kPieceBytes) PassOn();
  }
  /// Nothing may be made after it.
  std::shared_ptr<SpooledBytes> Finish();
  /// Of XML.
  std::int64_t bytes() const { return bytes_ + static_cast<std::int64_t>(text_.size()); }

 private:
  void PassOn();

  std::shared_ptr<SpooledBytes> spooled_;
  std::optional<deflate::GzipWriter> gzip_;
  std::string text_;
  std::int64_t bytes_ = 0;
};

}  // namespace outpost::sync::detail
