#include "operations/pg_backup/verify.h"

#include <map>
#include <set>
#include <utility>

#include "base/problem.h"
#include "base/text.h"
#include "operations/pg_backup/catalogue.h"
#include "operations/pg_backup/detail/wal_spool.h"
#include "operations/pg_backup/shipper.h"

namespace outpost::pg_backup {
namespace {

using backup::ParcelKind;
using backup::ReadParcel;

class Verifier {
 public:
  Verifier(const backup::Destination& destination, const backup::BackupKey& key)
      : destination_(destination),
        key_(key),
        catalogue_(pg_backup::ReadCatalogue(destination, key)) {
    for (const auto& base : catalogue_.bases) {
      if (base.manifest) segment_bytes_ = base.manifest->segment_bytes;
    }
  }

  backup::Verified Run(const std::optional<ExpectedEnd>& expected,
                       const std::function<void(std::int64_t, std::int64_t)>& progress) {
    for (const auto& why : catalogue_.unreadable) Damage(why);
    const auto objects = destination_.List("");
    for (const auto& object : objects) {
      Read(object);
      if (progress) progress(verified_.parcels, std::ssize(objects));
    }
    if (catalogue_.bases.empty()) Damage("There is no whole base: nothing can be restored.");
    for (const auto& base : catalogue_.bases) CheckBase(base);
    for (const auto& base : settings_) {
      if (!manifests_.contains(base)) Damage(BaseName(base) + " is missing.");
    }
    CheckLog();
    if (expected) CheckEnd(*expected);
    return std::move(verified_);
  }

 private:
  void Read(const backup::StoredObject& object) {
    ++verified_.parcels;
    verified_.bytes += object.bytes;
    ReadParcel read;
    std::string bytes;
    try {
      bytes = destination_.Get(object.name);
      read = backup::CheckParcel(key_, bytes);
      if (!Place(object.name, read, bytes)) {
        Damage(object.name + ": it stands in the place of another one");
      }
    } catch (const Problem& problem) {
      // One that was filled further since the list was read is gone.
      if (problem.kind() == ProblemKind::kNotFound && object.name.starts_with("pg-wal/")) return;
      return Damage(object.name + ": " + problem.told());
    }
    if (!database_) database_ = read.head.database;
    if (*database_ != read.head.database) Damage(object.name + ": it is of another server");
  }

  /// Whether head and name agree.
  bool Place(const std::string& name, const ReadParcel& read, const std::string& bytes) {
    const auto& head = read.head;
    if (name.starts_with("pg-wal/")) {
      ++verified_.segments;
      return segment_bytes_ == 0 || PlaceWal(name, head, bytes);
    }
    if (const auto base = ParseBaseName(name)) {
      ++verified_.bases;
      manifests_[*base] = read;
      return head.kind == ParcelKind::kPgBase && head.series == *base;
    }
    if (const auto id = backup::BlobIdOf(name); !id.empty()) {
      ++verified_.files;
      return head.kind == ParcelKind::kFile && "b-" + HexOf(head.previous) == id &&
             backup::FileName(id) == name;
    }
    switch (head.kind) {
      case ParcelKind::kPgBasePart:
        parts_[head.series][head.number] = read;
        return BasePartName(head.series, head.number) == name;
      case ParcelKind::kSettings:
        settings_.insert(head.series);
        return backup::SettingsName(head.series) == name;
      case ParcelKind::kProof:
        return backup::ProofName(head.last_at, head.last_seq) == name;
      default:
        return false;
    }
  }

  bool PlaceWal(const std::string& name, const backup::ParcelHead& head,
                const std::string& bytes) const {
    const auto wal = ParseWalName(name, segment_bytes_);
    if (!wal || NameOf(*wal) != name) return false;
    const bool agrees = head.kind == ParcelKind::kPgWal && head.series == wal->system &&
                        head.number == wal->number && head.first_seq == wal->filled &&
                        head.last_seq == wal->last_seq && head.last_at == wal->last_at;
    if (!agrees || !key_.can_open()) return agrees;
    return detail::IsSegmentOf(backup::OpenParcel(key_, bytes), wal->system,
                               wal->number * segment_bytes_);
  }

  void CheckBase(const BaseEntry& base) {
    const auto manifest = manifests_.find(base.base);
    if (manifest == manifests_.end()) return;  // told already
    backup::Check previous{};
    std::int64_t next = 0;
    for (const auto& [number, read] : parts_[base.base]) {
      if (number != next || read.head.previous != previous) break;
      previous = read.check;
      ++next;
    }
    const auto& head = manifest->second.head;
    if (next != head.number || previous != head.previous) {
      Damage("Part " + std::to_string(next) + " of the base " + HexOf(base.base) +
             " is missing or is not the one that was written.");
    }
    if (!settings_.contains(base.base)) Damage(backup::SettingsName(base.base) + " is missing.");
    if (base.manifest) CheckReach(*base.manifest);
  }

  /// The log that a base needs to be a database.
  void CheckReach(const Manifest& base) {
    auto lsn = base.start_lsn / base.segment_bytes * base.segment_bytes;
    for (const auto& wal : catalogue_.wal) {
      const auto& name = wal.name;
      if (name.system != base.system || name.timeline != base.timeline) continue;
      if (name.number * name.segment_bytes == lsn) lsn = name.end_lsn();
    }
    if (lsn >= base.end_lsn) return;
    Damage("The base " + HexOf(base.base) + " lacks segment " +
           SegmentName(base.timeline, lsn / base.segment_bytes, base.segment_bytes) +
           " of the log.");
  }

  void CheckLog() {
    const WalEntry* before = nullptr;
    for (const auto& wal : catalogue_.wal) {
      const bool follows = before != nullptr && before->name.system == wal.name.system &&
                           before->name.timeline == wal.name.timeline;
      if (follows && (!before->name.is_finished() || wal.name.number != before->name.number + 1)) {
        const auto number = before->name.number + (before->name.is_finished() ? 1 : 0);
        Damage("Segment " + SegmentName(wal.name.timeline, number, wal.name.segment_bytes) +
               " of the log is missing or not whole.");
      }
      before = &wal;
    }
  }

  void CheckEnd(const ExpectedEnd& expected) {
    std::int64_t last = -1;
    for (const auto& wal : catalogue_.wal) {
      const bool is_of_it =
          wal.name.system == expected.system && wal.name.timeline == expected.timeline;
      if (is_of_it && wal.name.is_finished()) last = wal.name.number;
    }
    if (segment_bytes_ == 0 || last + 1 >= expected.next_number) return;
    if (last < 0 && expected.next_number == 0) return;
    Damage("The log is missing at its end: segments up to " +
           SegmentName(expected.timeline, expected.next_number - 1, segment_bytes_) +
           " were sent.");
  }

  void Damage(std::string words) { verified_.damages.push_back(std::move(words)); }

  const backup::Destination& destination_;
  const backup::BackupKey& key_;
  const Catalogue catalogue_;
  std::int64_t segment_bytes_ = 0;
  backup::Verified verified_;
  std::optional<backup::DatabaseId> database_;
  std::map<SeriesId, std::map<std::int64_t, ReadParcel>> parts_;
  std::map<SeriesId, ReadParcel> manifests_;
  std::set<SeriesId> settings_;
};

}  // namespace

std::optional<ExpectedEnd> SentTo(const DataPaths& paths, const std::string& where) {
  const auto state = detail::LoadShipState(WalSpoolOf(paths, where));
  if (state.next == 0) return std::nullopt;
  return ExpectedEnd{state.system, state.timeline, state.has_finished ? state.next : 0};
}

backup::Verified VerifyBackup(const backup::Destination& destination, const backup::BackupKey& key,
                              const std::optional<ExpectedEnd>& expected,
                              const std::function<void(std::int64_t, std::int64_t)>& progress) {
  return Verifier(destination, key).Run(expected, progress);
}

}  // namespace outpost::pg_backup
