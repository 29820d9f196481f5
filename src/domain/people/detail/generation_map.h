#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace outpost::people::detail {

/// 16 bytes that are spread evenly, such as part of a keyed hash, or a row id.
using MemoryKey = std::array<std::uint8_t, 16>;

/// A bounded memory that forgets what was not used for long: when the young half is full it becomes
/// the old half, and what nobody asked for since the last time is gone. At most `entries_max`
/// values. Threads: any.
template <class Value>
class GenerationMap {
 public:
  explicit GenerationMap(std::size_t entries_max) : half_max_(entries_max / 2 + 1) {}

  std::optional<Value> Find(const MemoryKey& key) {
    Map retired;  // freed after the lock
    const std::lock_guard lock(mutex_);
    const auto young = young_.find(key);
    if (young != young_.end()) return young->second;
    const auto old = old_.find(key);
    if (old == old_.end()) return std::nullopt;
    Value value = old->second;
    Insert(key, value, retired);
    return value;
  }

  void Put(const MemoryKey& key, Value value) {
    Map retired;
    const std::lock_guard lock(mutex_);
    Insert(key, std::move(value), retired);
  }

  void Erase(const MemoryKey& key) {
    const std::lock_guard lock(mutex_);
    young_.erase(key);
    old_.erase(key);
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return young_.size() + old_.size();
  }

 private:
  struct Hash {
    std::size_t operator()(const MemoryKey& key) const {
      std::size_t hash = 0;
      std::memcpy(&hash, key.data(), sizeof hash);
      return hash;
    }
  };
  using Map = std::unordered_map<MemoryKey, Value, Hash>;

  void Insert(const MemoryKey& key, Value value, Map& retired) {
    if (young_.size() >= half_max_ && !young_.contains(key)) {
      retired = std::exchange(old_, std::exchange(young_, {}));
    }
    young_.insert_or_assign(key, std::move(value));
  }

  const std::size_t half_max_;
  mutable std::mutex mutex_;
  Map young_;
  Map old_;
};

}  // namespace outpost::people::detail
