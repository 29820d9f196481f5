#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "http/message.h"

/// Answers with small files of apps, in memory for a second: what hundreds of phones ask for in the
/// same moment is looked up once, and sent from the I/O thread.
namespace outpost::mobile {

/// Changes made through this process are seen at once when the one who made them calls Forget after
/// the commit. Threads: any.
class Shelf {
 public:
  static constexpr std::int64_t kFreshMicros = 1'000'000;
  /// Of bodies, addresses and kEntryBytes for what else an answer has; all are dropped when more
  /// come.
  static constexpr std::size_t kBytesMax = std::size_t{8} << 20;
  static constexpr std::size_t kEntryBytes = 1024;

  /// The answer that the same question got within kFreshMicros.
  std::optional<http::Response> Find(const http::Request& request);

  /// Before an answer is made that Put gets.
  std::uint64_t times_forgotten();
  /// Keeps an answer that caches may keep and whose body is in memory, unless Forget was called
  /// since `times_forgotten`.
  void Put(const http::Request& request, const http::Response& response,
           std::uint64_t times_forgotten);
  void Forget();

 private:
  struct Entry {
    std::shared_ptr<const http::Response> response;
    std::int64_t put_at = 0;  // steady micros
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;  // by packed or not, and the address as sent
  std::size_t bytes_ = 0;
  std::uint64_t times_forgotten_ = 0;
};

}  // namespace outpost::mobile
