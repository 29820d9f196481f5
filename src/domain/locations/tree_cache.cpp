#include "domain/locations/tree_cache.h"

#include "domain/people/marks.h"

namespace outpost::locations {

std::shared_ptr<const Tree> TreeCache::Get(sql::Connection& connection, std::int64_t project) {
  // Read before the tree: one that is newer than its mark is only read again too early.
  const auto mark = people::ReadMark(connection, project, people::kLocationsMark);
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(project);
    if (found != entries_.end() && found->second.mark == mark) return found->second.tree;
  }
  auto tree = std::make_shared<const Tree>(LoadTree(connection, project));
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kTreesMax && !entries_.contains(project)) entries_.clear();
  entries_.insert_or_assign(project, Entry{mark, tree});
  return tree;
}

}  // namespace outpost::locations
