#include "operations/backup/log_segment.h"

#include <algorithm>
#include <tuple>

#include "base/problem.h"
#include "operations/backup/detail/wire.h"

namespace outpost::backup {
namespace {

using detail::PutNumber;
using detail::WireReader;

/// SQLite's own limit is lower.
constexpr std::uint32_t kPageNumberMax = 0xfffffffe;

[[noreturn]] void Refuse() {
  throw Problem(ProblemKind::kUnprocessable, "its commits cannot be read");
}

auto PlaceOf(const LoggedPage& page) { return std::tuple(page.number, page.commit); }

/// By place; of equal ones the last stays.
void OrderPages(std::vector<LoggedPage>& pages) {
  std::stable_sort(pages.begin(), pages.end(), [](const LoggedPage& a, const LoggedPage& b) {
    return PlaceOf(a) < PlaceOf(b);
  });
  std::size_t kept = 0;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (i + 1 < pages.size() && PlaceOf(pages[i]) == PlaceOf(pages[i + 1])) continue;
    pages[kept++] = pages[i];
  }
  pages.resize(kept);
}

}  // namespace

void AppendSegment(LogSegment& segment, LogSegment next) {
  if (!segment.commits.empty() && segment.commits.back().database_pages == 0) {
    segment.commits.pop_back();
  }
  const auto before = static_cast<std::uint32_t>(segment.commits.size());
  segment.commits.insert(segment.commits.end(), next.commits.begin(), next.commits.end());
  for (auto& page : next.pages) page.commit += before;
  segment.pages.insert(segment.pages.end(), next.pages.begin(), next.pages.end());
}

std::string WriteSegment(LogSegment segment) {
  OrderPages(segment.pages);
  std::string out;
  out.reserve(8 + 20 * segment.commits.size() + (8 + kPageBytes) * segment.pages.size());
  PutNumber(out, static_cast<std::uint32_t>(segment.commits.size()));
  PutNumber(out, static_cast<std::uint32_t>(segment.pages.size()));
  for (const auto& commit : segment.commits) {
    PutNumber(out, commit.seq);
    PutNumber(out, commit.at.micros);
    PutNumber(out, commit.database_pages);
  }
  for (const auto& page : segment.pages) {
    PutNumber(out, page.number);
    PutNumber(out, page.commit);
  }
  for (const auto& page : segment.pages) out += page.bytes;
  return out;
}

LogSegment ReadSegment(std::string_view bytes) {
  WireReader reader(bytes);
  const auto commits = reader.Take<std::uint32_t>();
  const auto pages = reader.Take<std::uint32_t>();
  // The lengths are checked before anything is made of them.
  if (reader.is_short() ||
      bytes.size() != 8 + std::uint64_t{20} * commits + std::uint64_t{8 + kPageBytes} * pages) {
    Refuse();
  }
  LogSegment segment;
  segment.commits.resize(commits);
  for (auto& commit : segment.commits) {
    commit.seq = reader.Take<std::int64_t>();
    commit.at.micros = reader.Take<std::int64_t>();
    commit.database_pages = reader.Take<std::uint32_t>();
    if (commit.database_pages == 0 && &commit != &segment.commits.back()) Refuse();
  }
  segment.pages.resize(pages);
  for (auto& page : segment.pages) {
    page.number = reader.Take<std::uint32_t>();
    page.commit = reader.Take<std::uint32_t>();
    if (page.number == 0 || page.number > kPageNumberMax || page.commit >= commits) Refuse();
  }
  for (auto& page : segment.pages) page.bytes = reader.TakeBytes(kPageBytes);
  return segment;
}

}  // namespace outpost::backup
