#include "base/spooled_bytes.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/problem.h"

namespace outpost {
namespace {

[[noreturn]] void ThrowFor(int error, const char* doing) {
  if (error == ENOSPC || error == EDQUOT) {
    throw Problem(ProblemKind::kStorageFull, "The server's disk is full. Please try again later.",
                  doing);
  }
  throw Problem(ProblemKind::kInternal, "The server's disk failed.",
                std::string(doing) + ": " + std::strerror(error));
}

}  // namespace

SpooledBytes::~SpooledBytes() {
  if (file_ >= 0) close(file_);
}

void SpooledBytes::Append(std::string_view bytes) {
  length_ += static_cast<std::int64_t>(bytes.size());
  if (in_memory()) {
    if (memory_.size() + bytes.size() <= kMemoryBytesMax) {
      memory_ += bytes;
      return;
    }
    Spill();
  }
  WriteOut(bytes);
}

void SpooledBytes::Spill() {
  file_ = open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file_ < 0) ThrowFor(errno, "making a file in the spool folder");
  WriteOut(std::exchange(memory_, {}));
}

void SpooledBytes::WriteOut(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) ThrowFor(errno, "writing to the spool folder");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string SpooledBytes::ReadAll() const {
  if (in_memory()) return memory_;
  std::string all(static_cast<std::size_t>(length_), '\0');
  std::size_t done = 0;
  while (done < all.size()) {
    const auto got = pread(file_, all.data() + done, all.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) ThrowFor(errno, "reading from the spool folder");
    done += static_cast<std::size_t>(got);
  }
  return all;
}

int SpooledBytes::Open() const {
  const int copy = fcntl(file_, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) ThrowFor(errno, "opening a spooled file again");
  return copy;
}

}  // namespace outpost
