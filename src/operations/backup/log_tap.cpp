#include "operations/backup/log_tap.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "operations/backup/detail/log_file.h"
#include "store/blobs/keep_hook.h"
#include "store/sql/commit_hook.h"

namespace outpost::backup {

struct LogTap::Impl {
  explicit Impl(const std::filesystem::path& log) : file(log) {}

  void OnCommit(const sql::CommitMade& made) noexcept {
    const auto life = file.Life();
    if (!life) return;  // nothing was ever written
    const CommitMark mark{*life, made.frames, made.seq, made.at};
    const std::lock_guard lock(mutex);
    last = mark;
    for (auto* listener : listeners) listener->OnCommit(mark);
  }

  void OnCheckpoint(std::int64_t frames) noexcept {
    const std::lock_guard lock(mutex);
    // Without a commit since the start the writer does not know how many frames an ended process
    // left behind.
    if (!last) return;
    const auto known = std::max(frames, last->frames);
    for (auto* listener : listeners) listener->OnCheckpoint(last->life, known);
  }

  void OnKeepFile(const std::string& blob_id) noexcept {
    const std::lock_guard lock(mutex);
    for (auto* listener : listeners) listener->OnKeepFile(blob_id);
  }

  std::filesystem::path blobs;
  detail::LogFile file;  // of the writer's thread
  std::mutex mutex;      // guards the rest
  std::optional<CommitMark> last;
  std::vector<LogListener*> listeners;
};

LogTap::LogTap(sql::Database& database, std::filesystem::path database_file) {
  database_file += "-wal";
  impl_ = std::make_unique<Impl>(database_file);
  if (database.engine() != sql::Engine::kSqlite) return;
  const auto begin = impl_->file.Begin();
  if (begin) {
    const auto end = impl_->file.EndOfCommits(*begin);
    const auto reader = database.Read();
    const auto rows = reader->Query("SELECT seq, at FROM position WHERE id = 1");
    if (rows->Next()) impl_->last = {end.life, end.frame, rows->Int(0), {rows->Int(1)}};
  }
  sql::OnCommit(database, [impl = impl_.get()](const auto& made) { impl->OnCommit(made); });
  database.OnCheckpoint(
      [impl = impl_.get()](const auto& ahead) { impl->OnCheckpoint(ahead.frames); });
}

LogTap::~LogTap() {
  if (!impl_->blobs.empty()) blobs::OnKeepFile(impl_->blobs, {});
}

void LogTap::Watch(const std::filesystem::path& blobs) {
  impl_->blobs = blobs;
  blobs::OnKeepFile(blobs, [impl = impl_.get()](const std::string& id) { impl->OnKeepFile(id); });
}

void LogTap::Attach(LogListener& listener) {
  const std::lock_guard lock(impl_->mutex);
  impl_->listeners.push_back(&listener);
  if (impl_->last && impl_->last->frames > 0) listener.OnCommit(*impl_->last);
}

void LogTap::Detach(LogListener& listener) {
  const std::lock_guard lock(impl_->mutex);
  std::erase(impl_->listeners, &listener);
}

}  // namespace outpost::backup
