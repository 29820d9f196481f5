#include "operations/backup/verify.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/detail/ship_state.h"
#include "operations/backup/layout.h"
#include "operations/backup/shipper.h"

namespace outpost::backup {
namespace {

/// Everything that was read of one series.
struct SeriesFacts {
  std::map<std::int64_t, ReadParcel> by_number;
};

class Verifier {
 public:
  Verifier(const Destination& destination, const BackupKey& key)
      : destination_(destination), key_(key) {}

  Verified Run(const std::optional<ExpectedEnd>& expected,
               const std::function<void(std::int64_t, std::int64_t)>& progress) {
    const auto objects = destination_.List("");
    for (const auto& object : objects) {
      Read(object);
      if (progress) progress(verified_.parcels, std::ssize(objects));
    }
    CheckLogs(expected);
    CheckBases();
    return std::move(verified_);
  }

 private:
  void Read(const StoredObject& object) {
    ++verified_.parcels;
    verified_.bytes += object.bytes;
    ReadParcel read;
    std::string bytes;
    try {
      bytes = destination_.Get(object.name);
      read = CheckParcel(key_, bytes);
    } catch (const Problem& problem) {
      return Damage(object.name + ": " + problem.told());
    }
    if (!database_) database_ = read.head.database;
    if (*database_ != read.head.database) {
      return Damage(object.name + ": it is of another server");
    }
    if (!Place(object.name, read, bytes)) {
      Damage(object.name + ": it stands in the place of another one");
    }
  }

  /// Whether head and name agree.
  bool Place(const std::string& name, const ReadParcel& read, const std::string& bytes) {
    const auto& head = read.head;
    if (const auto log = ParseLogName(name)) {
      ++verified_.segments;
      logs_[log->series].by_number[log->number] = read;
      return head.kind == ParcelKind::kLog && head.series == log->series &&
             head.number == log->number && head.last_seq == log->last_seq &&
             head.last_at == log->last_at;
    }
    if (const auto base = ParseBaseName(name)) {
      ++verified_.bases;
      manifests_[*base] = read;
      if (key_.can_open() && head.kind == ParcelKind::kBase) {
        described_[*base] = BaseManifestOf(OpenParcel(key_, bytes));
      }
      return head.kind == ParcelKind::kBase && head.series == *base;
    }
    if (const auto id = BlobIdOf(name); !id.empty()) {
      ++verified_.files;
      return head.kind == ParcelKind::kFile && "b-" + outpost::HexOf(head.previous) == id &&
             FileName(id) == name;
    }
    switch (head.kind) {
      case ParcelKind::kBasePart:
        parts_[head.series].by_number[head.number] = read;
        return BasePartName(head.series, head.number) == name;
      case ParcelKind::kSettings:
        settings_.insert(head.series);
        return SettingsName(head.series) == name;
      case ParcelKind::kProof:
        return ProofName(head.last_at, head.last_seq) == name;
      case ParcelKind::kTakeover:
        return TakeoverName(head.series) == name;
      default:
        return false;
    }
  }

  void CheckLogs(const std::optional<ExpectedEnd>& expected) {
    for (const auto& [series, facts] : logs_) {
      const ReadParcel* before = nullptr;
      for (const auto& [number, read] : facts.by_number) {
        if (before != nullptr && number != before->head.number + 1) {
          Damage("Segment " + std::to_string(before->head.number + 1) + " of " + HexOf(series) +
                 " is missing.");
        } else if (before != nullptr && read.head.previous != before->check) {
          Damage("Segment " + std::to_string(number) + " of " + HexOf(series) +
                 " does not follow the one before it.");
        }
        before = &read;
      }
      if (expected && expected->series == series && before != nullptr &&
          before->head.number + 1 < expected->next_number) {
        Damage("Segments " + std::to_string(before->head.number + 1) + " to " +
               std::to_string(expected->next_number - 1) + " of " + HexOf(series) +
               " are missing at the end.");
      }
    }
    if (expected && expected->next_number > 0 && !logs_.contains(expected->series)) {
      Damage("All segments of " + HexOf(expected->series) + " are missing.");
    }
  }

  void CheckBases() {
    if (manifests_.empty()) Damage("There is no whole base: nothing can be restored.");
    for (const auto& base : settings_) {
      if (!manifests_.contains(base)) Damage(BaseName(base) + " is missing.");
    }
    for (const auto& [base, manifest] : manifests_) {
      const auto& parts = parts_[base].by_number;
      Check previous{};
      std::int64_t next = 0;
      for (const auto& [number, read] : parts) {
        if (number != next || read.head.previous != previous) break;
        previous = read.check;
        ++next;
      }
      if (next != manifest.head.number || previous != manifest.head.previous) {
        Damage("Part " + std::to_string(next) + " of the base " + HexOf(base) +
               " is missing or is not the one that was written.");
      }
      if (!settings_.contains(base)) Damage(SettingsName(base) + " is missing.");
      if (described_.contains(base)) CheckReach(described_.at(base));
    }
  }

  void CheckReach(const BaseManifest& manifest) {
    const auto& log = logs_[manifest.log].by_number;
    for (auto number = manifest.first_segment; number <= manifest.last_segment; ++number) {
      if (log.contains(number)) continue;
      return Damage("The base " + HexOf(manifest.base) + " lacks segment " +
                    std::to_string(number) + " of " + HexOf(manifest.log) + ".");
    }
  }

  void Damage(std::string words) { verified_.damages.push_back(std::move(words)); }

  const Destination& destination_;
  const BackupKey& key_;
  Verified verified_;
  std::optional<DatabaseId> database_;
  std::map<SeriesId, SeriesFacts> logs_, parts_;
  std::map<SeriesId, ReadParcel> manifests_;
  std::set<SeriesId> settings_;
  std::map<SeriesId, BaseManifest> described_;
};

}  // namespace

std::optional<ExpectedEnd> SentTo(const DataPaths& paths, const std::string& where) {
  const auto spool = SpoolOf(paths, where);
  const auto state = detail::LoadState(spool);
  if (!state) return std::nullopt;
  ExpectedEnd end{state->series, state->next_number};
  // What waits in the spool was not sent yet.
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(spool, error)) {
    if (entry.path().extension() == ".segment") --end.next_number;
  }
  return end;
}

Verified VerifyBackup(const Destination& destination, const BackupKey& key,
                      const std::optional<ExpectedEnd>& expected,
                      const std::function<void(std::int64_t, std::int64_t)>& progress) {
  return Verifier(destination, key).Run(expected, progress);
}

}  // namespace outpost::backup
