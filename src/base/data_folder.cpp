#include "base/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include "base/problem.h"

namespace outpost {
namespace {

[[noreturn]] void ThrowUnusable(const std::filesystem::path& path, const std::string& why) {
  throw Problem(ProblemKind::kInternal, "The data folder " + path.string() +
                                            " cannot be used: " + why +
                                            ". Choose another with --data, or change its owner.");
}

/// Health records: nobody but the owner looks into a folder that we make.
void MakeFolder(const std::filesystem::path& path) {
  std::error_code error;
  const bool is_new = std::filesystem::create_directories(path, error);
  if (is_new && !error) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  }
  if (error) ThrowUnusable(path, error.message());
}

}  // namespace

DataFolder::DataFolder(const std::filesystem::path& root)
    : paths_{std::filesystem::absolute(root)} {
  MakeFolder(paths_.root);
  lock_ = ::open(paths_.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) ThrowUnusable(paths_.root, std::strerror(errno));
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    throw Problem(ProblemKind::kConflict, "Another Outpost process owns " + paths_.root.string() +
                                              ". Stop it first, or choose another --data.");
  }
  MakeFolder(paths_.blobs());
  MakeFolder(paths_.spool());
}

DataFolder::~DataFolder() { ::close(lock_); }

}  // namespace outpost
