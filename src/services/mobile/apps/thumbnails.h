#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

#include "domain/apps/files.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"

/// Pictures of apps, made smaller for those who ask for it (app delivery document 4.6). One thread
/// makes them, whoever asks, so that forms and installs never wait for it; what was made is kept
/// for a while.
namespace outpost::mobile {

/// The longest side that is given for `?thumb=N`: the greatest of a few sizes that is not above N,
/// so that there are few versions of a picture. 0 for what is no number from 1.
int ThumbSide(std::string_view wanted);

/// Threads: any.
class Thumbnails {
 public:
  /// Pictures waiting to be made smaller; more are refused.
  static constexpr std::size_t kWaitingMax = 64;
  /// Larger files are not looked into.
  static constexpr std::int64_t kSourceBytesMax = std::int64_t{16} << 20;
  /// Of what is kept; all is dropped when more comes.
  static constexpr std::size_t kKeptBytesMax = std::size_t{8} << 20;

  Thumbnails(sql::Database& database, const blobs::BlobStore& blobs);
  ~Thumbnails();

  /// Calls `then` once, here or on the thread that makes them, with the smaller picture; with null
  /// where the picture fits, is none, or is too large to be looked into.
  /// @throws Problem kBusy when kWaitingMax are waiting, or after Stop
  using Made = std::shared_ptr<const std::string>;
  using Then = std::function<void(const Made&)>;
  void Get(const apps::Media& media, int side, Then then);

  /// Forgets what waits and ends the thread.
  void Stop();

 private:
  struct Job {
    std::string key;  // blob and side
    std::string blob;
    int side = 0;
    Then then;
  };
  void Work();
  Made Make(const Job& job) const;
  void Keep(const std::string& key, const Made& made);

  sql::Database& database_;
  const blobs::BlobStore& blobs_;
  std::mutex mutex_;
  std::condition_variable has_work_;
  std::deque<Job> waiting_;
  std::unordered_map<std::string, Made> kept_;
  std::size_t kept_bytes_ = 0;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace outpost::mobile
