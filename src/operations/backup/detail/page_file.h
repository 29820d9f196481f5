#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "operations/backup/files.h"
#include "operations/backup/log_segment.h"

/// A database file that is put together from pages.
namespace outpost::backup::detail {

class PageFile {
 public:
  /// Made; it must be absent.
  explicit PageFile(std::filesystem::path path);
  /// Goes on with one that has so many pages.
  PageFile(std::filesystem::path path, std::int64_t pages);

  void WritePages(std::int64_t first_page, std::string_view pages);
  /// The pages of the first `commits` commits of a segment, which follows the one before. Pages of
  /// a commit that goes on in the next segment are kept until its end is applied.
  void Apply(const LogSegment& segment, std::size_t commits);
  std::int64_t pages() const { return pages_; }
  /// The last segment ended within a commit.
  bool has_open_commit() const { return !unfinished_.empty(); }
  /// Forces what was written to the disk.
  void Sync();
  /// Cuts it to the size of the last commit and forces it to the disk. @returns its pages
  std::int64_t Finish();

 private:
  const std::filesystem::path path_;
  Descriptor file_;
  std::int64_t pages_ = 0;
  std::map<std::uint32_t, std::string> unfinished_;
};

}  // namespace outpost::backup::detail
