#include "operations/health/probe.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/clock.h"
#include "base/ids.h"

namespace outpost::health {
namespace {

constexpr std::size_t kBlockBytes = 4096;

/// A file that is gone when this object is.
class ScratchFile {
 public:
  explicit ScratchFile(const std::filesystem::path& folder)
      : path_(folder / (".probe-" + NewHexId())),
        file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {}
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() {
    if (file_ < 0) return;
    ::close(file_);
    ::unlink(path_.c_str());
  }
  int file() const { return file_; }

 private:
  std::filesystem::path path_;
  int file_;
};

std::string BlockOf(int round) {
  return std::string(kBlockBytes, static_cast<char>('a' + round % 26));
}

bool WriteBlock(int file, int round) {
  const std::string block = BlockOf(round);
  const auto at = static_cast<off_t>(kBlockBytes) * round;
  return ::pwrite(file, block.data(), block.size(), at) == static_cast<ssize_t>(block.size()) &&
         ::fsync(file) == 0;
}

bool ReadsBack(int file, int rounds) {
  std::string block(kBlockBytes, '\0');
  for (int round = 0; round < rounds; ++round) {
    const auto at = static_cast<off_t>(kBlockBytes) * round;
    if (::pread(file, block.data(), block.size(), at) != static_cast<ssize_t>(block.size()) ||
        block != BlockOf(round)) {
      return false;
    }
  }
  return true;
}

}  // namespace

WriteProbe ProbeWrites(const std::filesystem::path& folder, int rounds) {
  WriteProbe probe;
  const ScratchFile scratch(folder);
  if (scratch.file() < 0) {
    probe.error = std::strerror(errno);
    return probe;
  }
  for (int round = 0; round < rounds; ++round) {
    const auto start = SteadyMicros();
    errno = 0;
    if (!WriteBlock(scratch.file(), round)) {
      probe.error = errno == 0 ? "the disk took only a part" : std::strerror(errno);
      return probe;
    }
    probe.micros.push_back(SteadyMicros() - start);
  }
  if (!ReadsBack(scratch.file(), rounds)) probe.error = "what was read is not what was written";
  return probe;
}

}  // namespace outpost::health
