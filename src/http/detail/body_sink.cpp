#include "http/detail/body_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace outpost::http::detail {
namespace {

/// A gzip stream may hold blocks that decode to nothing: this much more than the limit may be sent.
std::int64_t EncodedBytesMax(std::int64_t decoded_max) {
  return decoded_max + decoded_max / 16 + 64 * 1024;
}

}  // namespace

int Spool::Create() const {
  const int file = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return file;
  // Some network and overlay file systems cannot make files without a name.
  std::string name = (folder_ / "body-XXXXXX").string();
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

bool Spool::Lease::Grow(std::int64_t by, std::int64_t bytes_max) {
  if (total_->fetch_add(by) + by > bytes_max) {
    total_->fetch_sub(by);
    return false;
  }
  held_ += by;
  return true;
}

BodySink::BodySink(const Spool& spool, std::int64_t bytes_max, bool is_gzip,
                   std::optional<std::uint64_t> length)
    : spool_(spool), bytes_max_(bytes_max) {
  if (is_gzip) gunzip_.emplace();
  if (!is_gzip && length && *length <= kBodyInMemoryBytesMax) memory_.reserve(*length);
}

BodySink::~BodySink() {
  if (file_ >= 0) ::close(file_);
}

BodySink::Verdict BodySink::Take(std::string_view bytes) {
  if (!gunzip_) return Store(bytes);
  bytes_sent_ += static_cast<std::int64_t>(bytes.size());
  if (bytes_sent_ > EncodedBytesMax(bytes_max_)) return Verdict::kTooLarge;
  Verdict verdict = Verdict::kOk;
  gunzip_state_ = gunzip_->Feed(bytes, [this, &verdict](std::string_view decoded) {
    verdict = Store(decoded);
    return verdict == Verdict::kOk;
  });
  if (gunzip_state_ == deflate::Gunzip::State::kBroken) return Verdict::kMalformed;
  return verdict;
}

BodySink::Verdict BodySink::Finish() {
  const bool is_cut =
      gunzip_ && bytes_sent_ > 0 && gunzip_state_ != deflate::Gunzip::State::kComplete;
  return is_cut ? Verdict::kMalformed : Verdict::kOk;
}

Body BodySink::TakeBody() {
  if (file_ < 0) return Body(std::move(memory_));
  return Body(std::exchange(file_, -1), bytes_, std::move(lease_));
}

BodySink::Verdict BodySink::Store(std::string_view decoded) {
  bytes_ += static_cast<std::int64_t>(decoded.size());
  if (bytes_ > bytes_max_) return Verdict::kTooLarge;
  if (file_ < 0 && memory_.size() + decoded.size() <= kBodyInMemoryBytesMax) {
    memory_ += decoded;
    return Verdict::kOk;
  }
  if (file_ < 0) {
    const Verdict moved = MoveToFile();
    if (moved != Verdict::kOk) return moved;
  }
  return WriteToFile(decoded);
}

BodySink::Verdict BodySink::MoveToFile() {
  file_ = spool_.Create();
  if (file_ < 0) return errno == ENOSPC ? Verdict::kDiskFull : Verdict::kDiskFailed;
  lease_ = spool_.NewLease();
  const std::string so_far = std::exchange(memory_, {});
  return WriteToFile(so_far);
}

BodySink::Verdict BodySink::WriteToFile(std::string_view bytes) {
  if (!lease_->Grow(static_cast<std::int64_t>(bytes.size()), spool_.bytes_max())) {
    return Verdict::kSpoolFull;
  }
  while (!bytes.empty()) {
    const ssize_t put = ::write(file_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      const bool is_full = errno == ENOSPC || errno == EDQUOT;
      return is_full ? Verdict::kDiskFull : Verdict::kDiskFailed;
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return Verdict::kOk;
}

}  // namespace outpost::http::detail
