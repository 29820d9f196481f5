#include "operations/backup/detail/page_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace outpost::backup::detail {

PageFile::PageFile(std::filesystem::path path)
    : path_(std::move(path)),
      file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
  if (file_.number() < 0) ThrowFileProblem(path_, errno);
}

PageFile::PageFile(std::filesystem::path path, std::int64_t pages)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_RDWR | O_CLOEXEC)), pages_(pages) {
  if (file_.number() < 0) ThrowFileProblem(path_, errno);
}

void PageFile::Sync() {
  if (::fdatasync(file_.number()) != 0) ThrowFileProblem(path_, errno);
}

void PageFile::WritePages(std::int64_t first_page, std::string_view pages) {
  auto offset = (first_page - 1) * static_cast<std::int64_t>(kPageBytes);
  pages_ = std::max(pages_, first_page - 1 + static_cast<std::int64_t>(pages.size() / kPageBytes));
  while (!pages.empty()) {
    const auto done = ::pwrite(file_.number(), pages.data(), pages.size(), offset);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) ThrowFileProblem(path_, errno);
    pages.remove_prefix(static_cast<std::size_t>(done));
    offset += done;
  }
}

void PageFile::Apply(const LogSegment& segment, std::size_t commits) {
  if (commits > 0) {
    for (const auto& [number, bytes] : unfinished_) WritePages(number, bytes);
    unfinished_.clear();
  }
  for (std::size_t i = 0; i < segment.pages.size(); ++i) {
    const auto& page = segment.pages[i];
    if (page.commit >= commits) {
      const bool goes_on = segment.commits[page.commit].database_pages == 0;
      if (goes_on) unfinished_.insert_or_assign(page.number, std::string(page.bytes));
      continue;
    }
    const bool has_newer = i + 1 < segment.pages.size() &&
                           segment.pages[i + 1].number == page.number &&
                           segment.pages[i + 1].commit < commits;
    if (!has_newer) WritePages(page.number, page.bytes);
  }
  if (commits > 0) pages_ = segment.commits[commits - 1].database_pages;
}

std::int64_t PageFile::Finish() {
  if (::ftruncate(file_.number(), pages_ * static_cast<std::int64_t>(kPageBytes)) != 0 ||
      ::fsync(file_.number()) != 0) {
    ThrowFileProblem(path_, errno);
  }
  return pages_;
}

}  // namespace outpost::backup::detail
