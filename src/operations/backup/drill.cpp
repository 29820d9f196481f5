#include "operations/backup/drill.h"

#include <boost/json.hpp>
#include <exception>
#include <system_error>
#include <utility>

#include "base/metrics.h"
#include "base/problem.h"
#include "domain/sync/restore.h"
#include "operations/backup/catalogue.h"
#include "operations/backup/files.h"
#include "operations/backup/proof.h"
#include "operations/backup/restore.h"
#include "store/sql/writer.h"

namespace outpost::backup {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kDamagesTold = 100;

/// The scratch place, gone with its scope.
class Scratch {
 public:
  explicit Scratch(fs::path path) : path_(std::move(path)) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);  // of a drill that was cut off
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class Drill {
 public:
  Drill(const Destination& destination, const BackupKey& key, const DrillOptions& options,
        const Clock& clock)
      : destination_(destination), key_(key), options_(options), clock_(clock) {}

  DrillRecord Run() {
    const auto started = SteadyMicros();
    record_.at = clock_.Now();
    Step([this] { Verify(); });
    Step([this] { CompareAtProof(); });
    Step([this] { RestoreNewest(); });
    record_.micros = SteadyMicros() - started;
    return std::move(record_);
  }

 private:
  /// What fails because of the backup is a finding; what fails because of this machine is not.
  void Step(const std::function<void()>& step) {
    try {
      step();
    } catch (const Problem& problem) {
      if (problem.kind() == ProblemKind::kStorageFull) throw;
      Damage(problem.told());
    } catch (const sql::SqlError& error) {
      Damage(std::string("The restored database cannot be read: ") + error.what());
    }
  }

  void Damage(std::string words) {
    if (record_.damages.size() < kDamagesTold) record_.damages.push_back(std::move(words));
  }

  void Verify() {
    auto verified = VerifyBackup(destination_, key_, options_.expected,
                                 [this](std::int64_t done, std::int64_t total) {
                                   if (options_.progress) options_.progress("parcels", done, total);
                                 });
    record_.parcels = verified.parcels;
    record_.bytes = verified.bytes;
    for (auto& damage : verified.damages) Damage(std::move(damage));
  }

  RestoredBackup RestoreTo(const fs::path& folder, const RestoreTarget& target) {
    RestoreOptions options;
    options.into.root = folder;
    options.target = target;
    options.begins_generation = false;
    options.progress = options_.progress;
    auto restored = RestoreBackup(destination_, key_, options, clock_);
    for (auto& missing : restored.missing_files) Damage(std::move(missing));
    if (!restored.shortfall.empty()) Damage(restored.shortfall);
    return restored;
  }

  /// The newest proof that the segments reach.
  void CompareAtProof() {
    const auto catalogue = ReadCatalogue(destination_, key_);
    const auto newest = catalogue.proofs.empty() ? -1 : catalogue.proofs.back().seq;
    if (options_.expected_proof && newest < *options_.expected_proof) {
      Damage("The proof of position " + std::to_string(*options_.expected_proof) + " is missing.");
    }
    if (catalogue.proofs.empty()) return;
    const auto& entry = catalogue.proofs.back();
    ReadParcel read;
    const auto proof = ProofOf(OpenParcel(key_, destination_.Get(entry.object), &read));
    const Scratch scratch(options_.scratch / "proof");
    const DataPaths paths{scratch.path()};
    RestoreTo(scratch.path(), {std::nullopt, proof.seq});
    const auto database = sql::Database::Open({paths.database().string()});
    MetricRegistry metrics;
    sql::Writer writer(*database, clock_, metrics);
    const blobs::BlobStore blobs(paths.blobs());
    sync::Restorer restorer(*database, writer, clock_, scratch.path());
    for (auto& difference : CompareProof(proof, *database, blobs, restorer)) {
      Damage(std::move(difference));
    }
    record_.proof_seq = proof.seq;
    record_.forms = std::ssize(proof.forms);
    record_.users = std::ssize(proof.users);
  }

  void RestoreNewest() {
    const Scratch scratch(options_.scratch / "newest");
    const auto restored = RestoreTo(scratch.path(), {});
    record_.restore_micros = restored.micros;
    record_.seq = restored.seq;
    record_.newest = restored.at;
    record_.files = restored.files;
    const auto database = sql::Database::Open({DataPaths{scratch.path()}.database().string()});
    const auto problems = database->IntegrityProblems();
    if (!problems.empty()) Damage("The restored database is damaged: " + problems);
    const auto lease = database->Read();
    const auto rows = lease->Query("SELECT seq FROM position WHERE id = 1");
    if (!rows->Next() || rows->Int(0) != restored.seq) {
      Damage("The restored database is not at the position that the backup names.");
    }
  }

  const Destination& destination_;
  const BackupKey& key_;
  const DrillOptions& options_;
  const Clock& clock_;
  DrillRecord record_;
};

fs::path PathOf(const fs::path& data_folder, bool is_good) {
  return data_folder / "shipped" / (is_good ? "drill-good.json" : "drill.json");
}

std::optional<DrillRecord> Load(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  return DrillRecordOf(ReadWhole(path));
}

}  // namespace

DrillRecord HoldDrill(const Destination& destination, const BackupKey& key,
                      const DrillOptions& options, const Clock& clock) {
  if (!key.can_open()) {
    throw Problem(ProblemKind::kForbidden,
                  "The key at hand can only write backups. Hold the drill where the line \"open\" "
                  "of the key is: outpost backup drill --from … --key …");
  }
  const Scratch scratch(options.scratch);
  fs::create_directories(scratch.path());
  return Drill(destination, key, options, clock).Run();
}

std::string JsonOf(const DrillRecord& record) {
  return json::serialize(json::object{{"at", record.at.micros},
                                      {"micros", record.micros},
                                      {"restore_micros", record.restore_micros},
                                      {"seq", record.seq},
                                      {"newest", record.newest.micros},
                                      {"proof_seq", record.proof_seq},
                                      {"parcels", record.parcels},
                                      {"bytes", record.bytes},
                                      {"files", record.files},
                                      {"forms", record.forms},
                                      {"users", record.users},
                                      {"damages", json::value_from(record.damages)}});
}

std::optional<DrillRecord> DrillRecordOf(std::string_view text) {
  try {
    const auto value = json::parse(text);
    const auto number = [&](const char* key) { return value.at(key).as_int64(); };
    DrillRecord record;
    record.at = {number("at")};
    record.micros = number("micros");
    record.restore_micros = number("restore_micros");
    record.seq = number("seq");
    record.newest = {number("newest")};
    record.proof_seq = number("proof_seq");
    record.parcels = number("parcels");
    record.bytes = number("bytes");
    record.files = number("files");
    record.forms = number("forms");
    record.users = number("users");
    record.damages = json::value_to<std::vector<std::string>>(value.at("damages"));
    return record;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

DrillHistory LoadDrills(const fs::path& data_folder) {
  return {Load(PathOf(data_folder, false)), Load(PathOf(data_folder, true))};
}

void SaveDrill(const fs::path& data_folder, const DrillRecord& record) {
  WriteDurably(PathOf(data_folder, false), JsonOf(record));
  if (record.damages.empty()) WriteDurably(PathOf(data_folder, true), JsonOf(record));
}

}  // namespace outpost::backup
