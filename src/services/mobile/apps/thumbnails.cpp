#include "services/mobile/apps/thumbnails.h"

#include <algorithm>
#include <array>
#include <exception>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "format/image/shrink.h"

namespace outpost::mobile {
namespace {

constexpr std::array kSides{1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024};
static_assert(kSides.back() <= image::kSideMax);
/// What an entry takes besides its picture.
constexpr std::size_t kEntryBytes = 256;

}  // namespace

int ThumbSide(std::string_view wanted) {
  const auto number = ParseInt(wanted).value_or(0);
  if (number < 1) return 0;
  const auto above = std::upper_bound(kSides.begin(), kSides.end(), number);
  return *std::prev(above);
}

Thumbnails::Thumbnails(sql::Database& database, const blobs::BlobStore& blobs)
    : database_(database), blobs_(blobs), thread_([this] { Work(); }) {}

Thumbnails::~Thumbnails() { Stop(); }

void Thumbnails::Get(const apps::Media& media, int side, Then then) {
  if (media.length > kSourceBytesMax) return then(nullptr);
  const auto key = media.blob + "/" + std::to_string(side);
  Made made;
  bool is_known = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(key);
    is_known = found != kept_.end();
    if (is_known) {
      made = found->second;
    } else if (is_stopping_ || waiting_.size() >= kWaitingMax) {
      throw Problem(ProblemKind::kBusy, "Too many pictures are being made smaller. Try again.");
    } else {
      waiting_.push_back({key, media.blob, side, std::move(then)});
    }
  }
  if (is_known) return then(made);
  has_work_.notify_one();
}

void Thumbnails::Stop() {
  std::deque<Job> forgotten;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    forgotten.swap(waiting_);
  }
  has_work_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Thumbnails::Made Thumbnails::Make(const Job& job) const {
  const auto bytes = blobs_.Read(*database_.Read(), job.blob);
  auto smaller = image::Shrink(bytes, job.side);
  return smaller ? std::make_shared<const std::string>(std::move(*smaller)) : nullptr;
}

void Thumbnails::Keep(const std::string& key, const Made& made) {
  const auto bytes = kEntryBytes + (made ? made->size() : 0);
  const std::lock_guard lock(mutex_);
  if (bytes > kKeptBytesMax || kept_.contains(key)) return;
  if (kept_bytes_ + bytes > kKeptBytesMax) {
    kept_.clear();
    kept_bytes_ = 0;
  }
  kept_.emplace(key, made);
  kept_bytes_ += bytes;
}

void Thumbnails::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    has_work_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
    if (is_stopping_) return;
    const auto job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      const auto made = Make(job);
      Keep(job.key, made);
      job.then(made);
    } catch (const std::exception& failure) {
      Log(LogLevel::kWarning, "thumbnail.failed", {{"why", failure.what()}});
    }
    lock.lock();
  }
}

}  // namespace outpost::mobile
