#include "domain/intake/intake.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "domain/intake/detail/held_forms.h"
#include "domain/intake/detail/process.h"
#include "domain/intake/detail/stage_set.h"

namespace outpost::intake {
namespace {

/// One more cost unit per this many bytes and per this many case blocks.
constexpr std::int64_t kBytesPerCostUnit = 8 * 1024;
constexpr std::size_t kBlocksPerCostUnit = 4;

std::uint32_t CostOf(const ParsedSubmission& parsed) {
  const auto by_bytes = parsed.xml.length / kBytesPerCostUnit;
  const auto by_blocks = parsed.found.blocks.size() / kBlocksPerCostUnit;
  return static_cast<std::uint32_t>(1 + by_bytes + static_cast<std::int64_t>(by_blocks));
}

/// Stores or holds one form, as the project's stage says at the moment of the commit.
class ReceiveJob final : public sql::WriteJob {
 public:
  ReceiveJob(ParsedSubmission parsed, const blobs::BlobStore& blobs, Intake::Then then)
      : parsed_(std::move(parsed)), blobs_(blobs), then_(std::move(then)) {}

  std::int64_t project() const override { return parsed_.submission.project->row; }
  std::uint32_t cost() const override { return CostOf(parsed_); }
  bool is_bulk() const override { return false; }

  void Load(sql::Batch& batch) override { AnnounceLookups(batch, parsed_); }

  void Apply(sql::Batch& batch) override {
    const auto stage = batch.State<StageSet>().Of(project());
    // A device report touches nothing that is on the move: it need not wait for the hold to end.
    const bool is_applied_later = !parsed_.malformed && !parsed_.report;
    receipt_ = stage == projects::Stage::kHold && is_applied_later
                   ? Hold(batch, parsed_, blobs_)
                   : Process(batch, parsed_, blobs_);
  }

  void Done(std::exception_ptr failure) noexcept override { then_(receipt_, failure); }

 private:
  ParsedSubmission parsed_;
  const blobs::BlobStore& blobs_;
  Intake::Then then_;
  Receipt receipt_;
};

/// Lets one thread wait for many jobs.
class Gathering {
 public:
  explicit Gathering(std::size_t expected) : receipts_(expected), missing_(expected) {}

  void Put(std::size_t index, Receipt receipt, std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    receipts_[index] = std::move(receipt);
    if (failure && !failure_) failure_ = failure;
    if (--missing_ == 0) all_there_.notify_one();
  }
  /// Nothing from `first` on will come.
  void Abandon(std::size_t first, std::exception_ptr failure) {
    for (auto i = first; i < receipts_.size(); ++i) Put(i, {}, failure);
  }
  std::vector<Receipt> Wait() {
    std::unique_lock lock(mutex_);
    all_there_.wait(lock, [&] { return missing_ == 0; });
    if (failure_) std::rethrow_exception(failure_);
    return std::move(receipts_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_there_;
  std::vector<Receipt> receipts_;
  std::size_t missing_;
  std::exception_ptr failure_;
};

/// Applies a form whatever the stage, behind everything phones send meanwhile.
class BulkJob final : public sql::WriteJob {
 public:
  BulkJob(ParsedSubmission parsed, std::int64_t held_row, const blobs::BlobStore& blobs,
          Gathering& gathering, std::size_t index)
      : parsed_(std::move(parsed)),
        held_row_(held_row),
        blobs_(blobs),
        gathering_(gathering),
        index_(index) {}

  std::int64_t project() const override { return parsed_.submission.project->row; }
  std::uint32_t cost() const override { return CostOf(parsed_); }
  bool is_bulk() const override { return true; }
  void Load(sql::Batch& batch) override { AnnounceLookups(batch, parsed_); }

  void Apply(sql::Batch& batch) override {
    receipt_ = Process(batch, parsed_, blobs_);
    if (held_row_ != 0) RemoveHeld(batch, held_row_);
  }
  void Done(std::exception_ptr failure) noexcept override {
    gathering_.Put(index_, receipt_, failure);
  }

 private:
  ParsedSubmission parsed_;
  std::int64_t held_row_;
  const blobs::BlobStore& blobs_;
  Gathering& gathering_;
  std::size_t index_;
  Receipt receipt_;
};

/// Submits job after job. Those that were taken still write into `gathering` when the writer
/// refuses a later one, so the caller always waits; then Wait throws.
template <class MakeJob>
void SubmitAll(sql::Writer& writer, std::size_t count, Gathering& gathering,
               const MakeJob& make_job) {
  std::size_t i = 0;
  try {
    for (; i < count; ++i) writer.Submit(make_job(i));
  } catch (...) {
    gathering.Abandon(i, std::current_exception());
  }
}

}  // namespace

void Intake::Receive(ParsedSubmission parsed, Then then) {
  RequireRoom();
  writer_.Submit(std::make_unique<ReceiveJob>(std::move(parsed), blobs_, std::move(then)));
}

std::vector<Receipt> Intake::ReceiveBulk(std::vector<ParsedSubmission> parsed) {
  if (disk_ != nullptr) disk_->RequireForUploads();
  Gathering gathering(parsed.size());
  SubmitAll(writer_, parsed.size(), gathering, [&](std::size_t i) {
    return std::make_unique<BulkJob>(std::move(parsed[i]), 0, blobs_, gathering, i);
  });
  return gathering.Wait();
}

std::int64_t Intake::ApplyHeldAndGoLive(const projects::Project& project) {
  constexpr int kFormsPerRound = 64;
  const auto shared = std::make_shared<const projects::Project>(project);
  std::int64_t applied = 0;
  while (true) {
    auto held = [&] {
      const auto lease = database_.Read();
      return ReadHeld(*lease, blobs_, shared, kFormsPerRound);
    }();
    Gathering gathering(held.size());
    SubmitAll(writer_, held.size(), gathering, [&](std::size_t i) {
      auto parsed = Parse(std::move(held[i].submission), blobs_);
      return std::make_unique<BulkJob>(std::move(parsed), held[i].row, blobs_, gathering, i);
    });
    if (!held.empty()) {
      applied += static_cast<std::int64_t>(gathering.Wait().size());
      continue;
    }
    bool is_live = false;
    writer_.Run(project.row, [&](sql::Batch& batch) {
      is_live = CountHeld(batch.connection(), project.row) == 0;
      if (is_live) projects::SetStage(batch, project.name, projects::Stage::kLive);
    });
    if (is_live) return applied;
  }
}

}  // namespace outpost::intake
