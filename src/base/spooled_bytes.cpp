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
  if (in_memory() && memory_.size() + bytes.size() <= kMemoryBytesMax) {
    memory_ += bytes;
  } else {
    if (in_memory()) Spill();
    WriteOut(bytes);
  }
  length_ += static_cast<std::int64_t>(bytes.size());
  if (is_shared_) Publish(State::kGrowing);
}

void SpooledBytes::Share() {
  OUTPOST_CHECK(!is_shared_);
  if (in_memory()) Spill();
  is_shared_ = true;
  Publish(State::kGrowing);
}

void SpooledBytes::End(bool is_whole) {
  OUTPOST_CHECK(is_shared_ && Look().state == State::kGrowing);
  Publish(is_whole ? State::kWhole : State::kCutOff);
}

void SpooledBytes::Publish(State state) {
  std::vector<std::function<void()>> told;
  {
    const std::lock_guard lock(mutex_);
    growth_ = {length_, state};
    told.swap(waiting_);
  }
  for (const auto& tell : told) tell();
}

SpooledBytes::Growth SpooledBytes::Look() const {
  const std::lock_guard lock(mutex_);
  return is_shared_ ? growth_ : Growth{length_, State::kWhole};
}

bool SpooledBytes::TellOfMore(std::int64_t seen, std::function<void()> told) {
  const std::lock_guard lock(mutex_);
  if (!is_shared_ || growth_.state != State::kGrowing || growth_.length > seen) return false;
  waiting_.push_back(std::move(told));
  return true;
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

}  // namespace outpost
