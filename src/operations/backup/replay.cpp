#include "operations/backup/replay.h"

#include <algorithm>
#include <utility>

#include "base/problem.h"
#include "operations/backup/detail/fetch.h"
#include "operations/backup/detail/page_file.h"
#include "operations/backup/layout.h"
#include "operations/backup/log_segment.h"

namespace outpost::backup {
namespace {

void CopyBaseParts(const Destination& destination, const BackupKey& key, const BaseManifest& base,
                   const Replay::Progress& progress, detail::PageFile& file, ReplayPlace& place) {
  Check previous{};
  std::int64_t pages = 0;
  for (std::int64_t part = 0; part < base.parts; ++part) {
    ReadParcel read;
    const auto body = detail::Fetch(
        destination, key, BasePartName(base.base, part),
        [&](const ReadParcel& found) {
          return found.head.kind == ParcelKind::kBasePart && found.head.series == base.base &&
                 found.head.number == part && found.head.previous == previous &&
                 found.head.first_seq == pages + 1;
        },
        &read);
    file.WritePages(pages + 1, body);
    pages = read.head.last_seq;
    previous = read.check;
    place.database = read.head.database;
    if (progress) progress(pages, base.pages);
  }
  if (pages != base.pages) {
    throw Problem(ProblemKind::kUnprocessable, "The base has " + std::to_string(pages) +
                                                   " pages instead of " +
                                                   std::to_string(base.pages) + ".");
  }
}

/// The first commits of a segment that are at or before the target.
std::size_t CountWithin(const LogSegment& segment, const RestoreTarget& target, Instant& newest) {
  std::size_t count = 0;
  for (const auto& commit : segment.commits) {
    if (commit.database_pages == 0) break;
    const auto at = std::max(newest, commit.at);  // clocks may be set back, commits are in order
    if ((target.seq && commit.seq > *target.seq) || (target.at && at > *target.at)) break;
    newest = at;
    ++count;
  }
  return count;
}

}  // namespace

Replay::Replay(const Destination& destination, const BackupKey& key, const BaseManifest& base,
               const std::filesystem::path& file, const Progress& progress)
    : destination_(&destination), key_(&key), file_(std::make_unique<detail::PageFile>(file)) {
  place_.base = base.base;
  place_.log = base.log;
  place_.generation = base.generation;
  place_.next_segment = base.first_segment;
  place_.whole_from = base.last_segment + 1;
  CopyBaseParts(destination, key, base, progress, *file_, place_);
  place_.pages = base.pages;
  place_.seq = base.seq;
  if (place_.is_whole()) place_.at = base.at;  // else its segments tell
  kept_ = place_;
}

Replay::Replay(const Destination& destination, const BackupKey& key, const ReplayPlace& place,
               const std::filesystem::path& file)
    : destination_(&destination),
      key_(&key),
      file_(std::make_unique<detail::PageFile>(file, place.pages)),
      place_(place),
      kept_(place) {}

Replay::Replay(Replay&&) noexcept = default;
Replay::~Replay() = default;

bool Replay::Apply(const SegmentEntry& entry, const RestoreTarget& target) {
  const auto& name = entry.name;
  ReadParcel read;
  const auto body = detail::Fetch(
      *destination_, *key_, entry.object,
      [&](const ReadParcel& found) {
        const auto& head = found.head;
        const bool is_begun_within = !place_.has_segments && name.number != 0;
        return head.kind == ParcelKind::kLog && head.series == place_.log &&
               head.number == place_.next_segment && head.number == name.number &&
               head.last_seq == name.last_seq && head.last_at == name.last_at &&
               (is_begun_within || head.previous == place_.previous);
      },
      &read);
  const auto segment = ReadSegment(body);
  const auto within = CountWithin(segment, target, place_.at);
  file_->Apply(segment, within);
  if (within > 0) place_.seq = segment.commits[within - 1].seq;
  place_.pages = file_->pages();
  place_.previous = read.check;
  place_.has_segments = true;
  ++place_.next_segment;
  if (!file_->has_open_commit()) kept_ = place_;
  return within == segment.commits.size() || segment.commits[within].database_pages == 0;
}

const ReplayPlace& Replay::Keep() {
  file_->Sync();
  return kept_;
}

std::int64_t Replay::Finish() { return file_->Finish(); }

}  // namespace outpost::backup
