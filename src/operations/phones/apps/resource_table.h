#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/resource.h"

/// The files of an app as a phone keeps account of them, and where it looks for each (app delivery
/// document 6.1 to 6.3). Plain data and pure functions.
namespace outpost::phones {

/// An address at which a file may be asked for.
struct Place {
  bool is_local = false;  // of the authority "local"
  std::string address;    // "https://…", "jr://archive/…"

  friend bool operator==(const Place&, const Place&) = default;
};

struct TableEntry {
  suite::Resource resource;
  std::string parent;         // id; empty for the profile
  std::vector<Place> places;  // all of them, in the order in which they are tried
  Place found;                // where its content came from
  std::string content;
  bool is_here = false;  // its content is; a lazy one may be not
  bool is_kept = false;  // in an update: taken from the installed app without a request
};

/// Id of the profile's own entry.
inline constexpr std::string_view kProfileId = "commcare-application-profile";

/// By resource id, in the order in which they were declared. Of an id that is declared twice the
/// first counts.
class ResourceTable {
 public:
  /// False when there is one of that id already; then nothing changes.
  bool Add(TableEntry entry);
  TableEntry* Find(std::string_view id);
  const TableEntry* Find(std::string_view id) const;
  const std::vector<TableEntry>& entries() const { return entries_; }
  std::vector<TableEntry>& entries() { return entries_; }
  bool empty() const { return entries_.empty(); }
  void Clear();

 private:
  std::vector<TableEntry> entries_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
};

/// The file's addresses, given those of the file that declares it: a relative one stands for one of
/// each address of the parent that has the same authority, without the parent's query.
std::vector<Place> PlacesOf(const suite::Resource& resource, const std::vector<Place>& parent);

/// Whether an update fetches the file; no version: it is not installed.
bool IsFetched(std::optional<std::int64_t> installed, std::int64_t offered);

}  // namespace outpost::phones
