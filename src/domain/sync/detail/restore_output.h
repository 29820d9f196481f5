#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/spooled_bytes.h"
#include "format/deflate/gzip_writer.h"

namespace outpost::sync::detail {

/// Takes XML as it is made and leaves it, packed or not, in the spool. What becomes too large for
/// memory is shared from then on: others may send it while it grows. Their copy is cut off when
/// this dies before Finish.
class RestoreOutput {
 public:
  static constexpr std::size_t kPieceBytes = 64 * 1024;
  using Shared = std::function<void(const std::shared_ptr<SpooledBytes>& spooled)>;

  /// `shared` is called once, when the document goes to a file; empty: it is never shared.
  /// `shares_all`: small ones too.
  RestoreOutput(std::filesystem::path folder, bool is_gzip, Shared shared = {},
                bool shares_all = false);
  RestoreOutput(const RestoreOutput&) = delete;
  RestoreOutput& operator=(const RestoreOutput&) = delete;
  ~RestoreOutput();

  /// What is made next is appended here; call Pour from time to time.
  std::string& text() { return text_; }
  /// Passes on what has gathered when it is a piece.
  void Pour() {
    if (text_.size() >= kPieceBytes) PassOn();
  }
  /// Passes on all that has gathered.
  void PassOn();
  /// Nothing may be made after it.
  std::shared_ptr<SpooledBytes> Finish();
  /// Of XML.
  std::int64_t bytes() const { return bytes_ + static_cast<std::int64_t>(text_.size()); }

 private:
  std::shared_ptr<SpooledBytes> spooled_;
  std::optional<deflate::GzipWriter> gzip_;
  Shared shared_;
  const bool shares_all_;
  bool is_shared_ = false;
  std::string text_;
  std::int64_t bytes_ = 0;
};

}  // namespace outpost::sync::detail
