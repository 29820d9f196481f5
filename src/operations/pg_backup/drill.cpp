#include "operations/pg_backup/drill.h"

#include <unistd.h>

#include <system_error>
#include <utility>

#include "base/metrics.h"
#include "base/problem.h"
#include "domain/sync/restore.h"
#include "operations/backup/proof.h"
#include "operations/pg_backup/catalogue.h"
#include "operations/pg_backup/detail/scratch_server.h"
#include "operations/pg_backup/restore.h"
#include "store/blobs/blobs.h"
#include "store/sql/writer.h"

namespace outpost::pg_backup {
namespace {

namespace fs = std::filesystem;

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

/// Root's drills run under another account, which may not look into a data folder.
fs::path ReachableScratch(const fs::path& wanted) {
  if (::geteuid() != 0) return wanted;
  for (auto folder = fs::absolute(wanted).parent_path(); folder != folder.root_path();
       folder = folder.parent_path()) {
    std::error_code error;
    const auto facts = fs::status(folder, error);
    const bool is_open = (facts.permissions() & fs::perms::others_exec) != fs::perms::none;
    if (fs::exists(facts) && !is_open) {
      return "/var/tmp/outpost-drill-" + backup::HexOf(backup::NewSeries());
    }
  }
  return wanted;
}

class Drill {
 public:
  Drill(const backup::Destination& destination, const backup::BackupKey& key,
        const DrillOptions& options, const Clock& clock)
      : destination_(destination), key_(key), options_(options), clock_(clock) {}

  backup::DrillRecord Run() {
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
    auto verified = pg_backup::VerifyBackup(destination_, key_, options_.expected,
                                            [this](std::int64_t done, std::int64_t total) {
                                              if (options_.progress)
                                                options_.progress("parcels", done, total);
                                            });
    record_.parcels = verified.parcels;
    record_.bytes = verified.bytes;
    for (auto& damage : verified.damages) Damage(std::move(damage));
  }

  Restored RestoreTo(const fs::path& folder, const std::string& before_transaction) {
    RestoreOptions options;
    options.into.root = folder;
    options.before_transaction = before_transaction;
    options.progress = options_.progress;
    auto restored = pg_backup::RestoreBackup(destination_, key_, options, clock_);
    for (auto& missing : restored.missing_files) Damage(std::move(missing));
    if (!restored.shortfall.empty()) Damage(restored.shortfall);
    return restored;
  }

  std::unique_ptr<detail::ScratchServer> Serve(const fs::path& folder, const Restored& restored) {
    return std::make_unique<detail::ScratchServer>(folder, restored.base, [this] {
      if (options_.progress) options_.progress("replay", 0, 0);
    });
  }

  void CompareAtProof() {
    const auto catalogue = pg_backup::ReadCatalogue(destination_, key_);
    const auto newest = catalogue.proofs.empty() ? -1 : catalogue.proofs.back().seq;
    if (options_.expected_proof && newest < *options_.expected_proof) {
      Damage("The proof of position " + std::to_string(*options_.expected_proof) + " is missing.");
    }
    if (catalogue.proofs.empty()) return;
    const auto proof =
        backup::ProofOf(backup::OpenParcel(key_, destination_.Get(catalogue.proofs.back().object)));
    // A newer base has no state from before it.
    const auto plan = PlanRestore(catalogue, std::nullopt);
    if (proof.seq < plan.base.seq || proof.next_transaction.empty()) return;
    const Scratch scratch(options_.scratch / "proof");
    const auto restored = RestoreTo(scratch.path(), proof.next_transaction);
    const auto server = Serve(scratch.path(), restored);
    const auto database = sql::Database::Open({server->location()});
    MetricRegistry metrics;
    sql::Writer writer(*database, clock_, metrics);
    const blobs::BlobStore blobs(DataPaths{scratch.path()}.blobs());
    sync::Restorer restorer(*database, writer, clock_, scratch.path());
    for (auto& difference : backup::CompareProof(proof, *database, blobs, restorer)) {
      Damage(std::move(difference));
    }
    record_.proof_seq = proof.seq;
    record_.forms = std::ssize(proof.forms);
    record_.users = std::ssize(proof.users);
  }

  void RestoreNewest() {
    const Scratch scratch(options_.scratch / "newest");
    const auto started = SteadyMicros();
    const auto restored = RestoreTo(scratch.path(), {});
    record_.files = restored.files;
    const auto server = Serve(scratch.path(), restored);
    record_.restore_micros = SteadyMicros() - started;  // until it serves
    const auto database = sql::Database::Open({server->location()});
    const auto problems = database->IntegrityProblems();
    if (!problems.empty()) Damage("The restored database is damaged: " + problems);
    const auto lease = database->Read();
    const auto rows = lease->Query("SELECT seq, at FROM position WHERE id = 1");
    if (!rows->Next() || rows->Int(0) < restored.seq) {
      return Damage("The restored database is behind the position that the backup names.");
    }
    record_.seq = rows->Int(0);
    record_.newest = {rows->Int(1)};
    CheckFiles(*lease, scratch.path());
  }

  /// Every file that the database names is there; their contents were checked as they were laid.
  void CheckFiles(sql::Connection& connection, const fs::path& folder) {
    const auto rows = connection.Query("SELECT id FROM blobs WHERE length > $1",
                                       {static_cast<std::int64_t>(blobs::kInDatabaseBytesMax)});
    while (rows->Next()) {
      const auto id = rows->String(0);
      const auto path = DataPaths{folder}.blobs() / id.substr(2, 2) / id.substr(4, 2) / id;
      if (!fs::exists(path)) Damage("The file " + id + " is missing.");
    }
  }

  const backup::Destination& destination_;
  const backup::BackupKey& key_;
  const DrillOptions& options_;
  const Clock& clock_;
  backup::DrillRecord record_;
};

}  // namespace

backup::DrillRecord HoldDrill(const backup::Destination& destination, const backup::BackupKey& key,
                              const DrillOptions& options, const Clock& clock) {
  if (!key.can_open()) {
    throw Problem(ProblemKind::kForbidden,
                  "The key at hand can only write backups. Hold the drill where the line \"open\" "
                  "of the key is: outpost backup drill --from … --key …");
  }
  for (const auto& base : pg_backup::ReadCatalogue(destination, key).bases) {
    if (base.manifest) detail::RequireServer(*base.manifest);
  }
  auto own = options;
  own.scratch = ReachableScratch(options.scratch);
  const Scratch scratch(own.scratch);
  fs::create_directories(scratch.path());
  fs::permissions(scratch.path(), fs::perms::owner_all | fs::perms::others_exec);
  return Drill(destination, key, own, clock).Run();
}

}  // namespace outpost::pg_backup
