#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"

/// The body of a log parcel: commits of the primary database, in order, with the pages that each
/// wrote. Pages are stored ordered by page number, so that the versions of one page lie side by
/// side and packing leaves little more than what differs: a page that was written a hundred times
/// is not stored a hundred times, and still every commit can be restored.
namespace outpost::backup {

inline constexpr std::size_t kPageBytes = 4'096;
/// 16 MiB of pages; a longer commit goes on in the next segment.
inline constexpr std::size_t kSegmentPagesMax = 4'096;

struct LoggedCommit {
  std::int64_t seq = 0;  // newest position after it
  Instant at;            // the server's clock at the commit
  /// Pages of the database after it. 0: the commit goes on in the next segment.
  std::uint32_t database_pages = 0;
};

struct LoggedPage {
  std::uint32_t number = 0;  // from 1
  std::uint32_t commit = 0;  // index in commits
  std::string_view bytes;    // kPageBytes of them, kept elsewhere
};

struct LogSegment {
  std::vector<LoggedCommit> commits;
  std::vector<LoggedPage> pages;  // by number, then by commit; each pair once
};

/// Puts `next`, which follows `segment`, behind it; a commit that goes on becomes one.
void AppendSegment(LogSegment& segment, LogSegment next);

/// Orders the pages; of several with the same number and commit the last one counts.
std::string WriteSegment(LogSegment segment);

/// The pages point into `bytes`. @throws Problem kUnprocessable when it is not a segment
LogSegment ReadSegment(std::string_view bytes);

}  // namespace outpost::backup
