#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "domain/locations/tree.h"

namespace outpost::locations {

/// Trees of project spaces, kept until a location or a level changes (kLocationsMark), so that
/// thousands of phones do not each have 50,000 locations read. Threads: any.
class TreeCache {
 public:
  /// Trees kept; all are dropped when more come.
  static constexpr std::size_t kTreesMax = 64;

  /// As the connection sees it; one query when the tree is here.
  std::shared_ptr<const Tree> Get(sql::Connection& connection, std::int64_t project);

 private:
  struct Entry {
    std::int64_t mark = 0;
    std::shared_ptr<const Tree> tree;
  };
  std::mutex mutex_;
  std::map<std::int64_t, Entry> entries_;
};

}  // namespace outpost::locations
