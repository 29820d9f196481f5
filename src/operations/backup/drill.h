#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "operations/backup/destination.h"
#include "operations/backup/keys.h"
#include "operations/backup/verify.h"

/// A backup that was never restored is a hope. The drill restores the newest backup in a scratch
/// place and compares it with what the running server had said of itself (proof.h).
///
///   every parcel whole and in its place ─► restore at the newest proof: counts, forms, users'
///   restores ─► restore of the newest state, with all files: integrity, position, every blob's
///   hash
namespace outpost::backup {

struct DrillOptions {
  std::filesystem::path scratch;  // absent or empty; removed at the end
  std::optional<ExpectedEnd> expected;
  /// Of the proof that the server has just made; it must be there.
  std::optional<std::int64_t> expected_proof;
  std::function<void(std::string_view what, std::int64_t done, std::int64_t total)> progress;
};

struct DrillRecord {
  Instant at;                       // when it began
  std::int64_t micros = 0;          // all of it
  std::int64_t restore_micros = 0;  // the restore of the newest state: the real recovery time
  std::int64_t seq = 0;             // newest position that was restored
  Instant newest;                   // its moment
  std::int64_t proof_seq = 0;       // where it was compared; 0: there was no proof yet
  std::int64_t parcels = 0, bytes = 0, files = 0, forms = 0, users = 0;
  std::vector<std::string> damages;  // empty: proven
};

/// Never throws for what is wrong with the backup: that is its result.
/// @throws Problem when it cannot be held: no room, the key cannot open
DrillRecord HoldDrill(const Destination& destination, const BackupKey& key,
                      const DrillOptions& options, const Clock& clock);

std::string JsonOf(const DrillRecord& record);
/// Empty when the text is no record.
std::optional<DrillRecord> DrillRecordOf(std::string_view json);

/// The data folder's last drill, and the last one that found nothing wrong.
struct DrillHistory {
  std::optional<DrillRecord> last, last_good;
};
DrillHistory LoadDrills(const std::filesystem::path& data_folder);
void SaveDrill(const std::filesystem::path& data_folder, const DrillRecord& record);

}  // namespace outpost::backup
