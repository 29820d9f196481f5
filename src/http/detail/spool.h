#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace outpost::http::detail {

/// The folder for large bodies and the sum of what lies in it. Threads: any.
class Spool {
 public:
  Spool(std::filesystem::path folder, std::int64_t bytes_max)
      : folder_(std::move(folder)),
        bytes_(std::make_shared<std::atomic<std::int64_t>>(0)),
        bytes_max_(bytes_max) {}

  /// An open file without a name; -1 when none can be made.
  int Create() const;

  /// Counts bytes of one file; gives them back when it dies.
  class Lease {
   public:
    explicit Lease(std::shared_ptr<std::atomic<std::int64_t>> total) : total_(std::move(total)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { total_->fetch_sub(held_); }
    /// False when all files together would pass the limit; then nothing is counted.
    bool Grow(std::int64_t by, std::int64_t bytes_max);

   private:
    std::shared_ptr<std::atomic<std::int64_t>> total_;
    std::int64_t held_ = 0;
  };
  std::shared_ptr<Lease> NewLease() const { return std::make_shared<Lease>(bytes_); }
  std::int64_t bytes_max() const { return bytes_max_; }
  std::int64_t bytes() const { return bytes_->load(); }

 private:
  std::filesystem::path folder_;
  std::shared_ptr<std::atomic<std::int64_t>> bytes_;  // outlives us in bodies still held
  std::int64_t bytes_max_;
};

}  // namespace outpost::http::detail
