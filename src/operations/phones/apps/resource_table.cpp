#include "operations/phones/apps/resource_table.h"

namespace outpost::phones {
namespace {

bool IsRelative(std::string_view uri) { return uri.find("://") == std::string_view::npos; }

std::string Joined(std::string_view parent, std::string_view relative) {
  parent = parent.substr(0, parent.find('?'));
  parent = parent.substr(0, parent.rfind('/') + 1);
  while (relative.starts_with("./")) relative.remove_prefix(2);
  return std::string(parent) + std::string(relative);
}

}  // namespace

bool ResourceTable::Add(TableEntry entry) {
  if (!by_id_.try_emplace(entry.resource.id, entries_.size()).second) return false;
  entries_.push_back(std::move(entry));
  return true;
}

TableEntry* ResourceTable::Find(std::string_view id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &entries_[found->second];
}

const TableEntry* ResourceTable::Find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &entries_[found->second];
}

void ResourceTable::Clear() {
  entries_.clear();
  by_id_.clear();
}

std::vector<Place> PlacesOf(const suite::Resource& resource, const std::vector<Place>& parent) {
  std::vector<Place> places;
  for (const auto& location : resource.locations) {
    if (!IsRelative(location.uri)) {
      places.push_back({location.is_local, location.uri});
      continue;
    }
    for (const auto& above : parent) {
      if (above.is_local != location.is_local) continue;
      places.push_back({location.is_local, Joined(above.address, location.uri)});
    }
  }
  return places;
}

bool IsFetched(std::optional<std::int64_t> installed, std::int64_t offered) {
  return !installed || offered > *installed;
}

}  // namespace outpost::phones
