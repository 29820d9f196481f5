#include "store/sql/testing/shadow_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/problem.h"

namespace outpost::sql_testing {
namespace {

constexpr std::size_t kSectorBytes = 512;

std::mutex shadows_mutex;
std::unordered_map<std::string, std::shared_ptr<ShadowFile>>& Shadows() {
  static std::unordered_map<std::string, std::shared_ptr<ShadowFile>> shadows;
  return shadows;
}

}  // namespace

ShadowFile::ShadowFile(std::string path, std::uint64_t seed)
    : path_(std::move(path)),
      file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)),
      chance_(seed) {
  OUTPOST_CHECK(file_ >= 0);
  struct stat found {};
  OUTPOST_CHECK(::fstat(file_, &found) == 0);
  content_.resize(static_cast<std::size_t>(found.st_size));
  OUTPOST_CHECK(::pread(file_, content_.data(), content_.size(), 0) == found.st_size);
}

ShadowFile::~ShadowFile() { ::close(file_); }

std::size_t ShadowFile::Read(std::span<char> out, std::int64_t offset) const {
  const std::lock_guard lock(mutex_);
  const auto begin = std::min(static_cast<std::size_t>(offset), content_.size());
  const auto length = std::min(out.size(), content_.size() - begin);
  std::copy_n(content_.begin() + static_cast<std::ptrdiff_t>(begin), length, out.begin());
  return length;
}

void ShadowFile::Write(std::span<const char> bytes, std::int64_t offset) {
  const std::lock_guard lock(mutex_);
  const auto begin = static_cast<std::size_t>(offset);
  const auto end = begin + bytes.size();
  if (content_.size() < end) content_.resize(end);
  std::copy(bytes.begin(), bytes.end(), content_.begin() + static_cast<std::ptrdiff_t>(begin));
  auto& unsynced_end = unsynced_[begin];
  unsynced_end = std::max(unsynced_end, end);
  // A disk writes what it was given whenever it likes: half of the time nothing, else any sectors.
  if (chance_() % 2 == 0) return;
  for (auto at = begin; at < end; at += kSectorBytes) {
    if (chance_() % 2 == 0) PutThrough(at, std::min(at + kSectorBytes, end));
  }
}

void ShadowFile::Truncate(std::int64_t length) {
  const std::lock_guard lock(mutex_);
  content_.resize(static_cast<std::size_t>(length));
  is_truncated_ = true;
}

void ShadowFile::Sync() {
  const std::lock_guard lock(mutex_);
  if (is_truncated_) {
    OUTPOST_CHECK(::ftruncate(file_, static_cast<off_t>(content_.size())) == 0);
  }
  for (const auto& [begin, end] : unsynced_) PutThrough(begin, std::min(end, content_.size()));
  unsynced_.clear();
  is_truncated_ = false;
}

std::int64_t ShadowFile::Length() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(content_.size());
}

/// To the kernel, not the disk: the process will be killed, not the machine.
void ShadowFile::PutThrough(std::size_t begin, std::size_t end) {
  if (begin >= end) return;
  const auto length = static_cast<ssize_t>(end - begin);
  OUTPOST_CHECK(::pwrite(file_, content_.data() + begin, end - begin, static_cast<off_t>(begin)) ==
                length);
}

std::shared_ptr<ShadowFile> ShadowFile::Of(const std::string& path, std::uint64_t seed) {
  const std::lock_guard lock(shadows_mutex);
  auto& shadow = Shadows()[path];
  if (shadow == nullptr) shadow = std::make_shared<ShadowFile>(path, seed);
  return shadow;
}

void ShadowFile::Forget(const std::string& path) {
  const std::lock_guard lock(shadows_mutex);
  Shadows().erase(path);
}

}  // namespace outpost::sql_testing
