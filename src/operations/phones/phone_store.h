#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a phone holds of one user: plain data (restore document 6, 8.3).
namespace outpost::phones {

/// How much of a case is kept. Rules (purge, hash, owners) need few of its fields: thousands of
/// phones in one process keep only those.
enum class Keep : std::uint8_t { kEverything, kRules };

struct CaseIndex {
  std::string identifier;
  std::string target;       // case id
  std::string target_type;  // empty with Keep::kRules
  bool is_extension = false;

  friend bool operator==(const CaseIndex&, const CaseIndex&) = default;
};

struct PhoneCase {
  std::string owner_id;
  bool is_closed = false;
  std::vector<CaseIndex> indices;  // by identifier

  // Empty with Keep::kRules.
  std::string type, name, external_id;
  std::map<std::string, std::string> properties;

  friend bool operator==(const PhoneCase&, const PhoneCase&) = default;
};

/// By case id.
using PhoneCases = std::map<std::string, PhoneCase, std::less<>>;

struct LedgerKey {
  std::string case_id, section, entry;
  friend auto operator<=>(const LedgerKey&, const LedgerKey&) = default;
};

/// By id and the user that it was sent for, which may be empty.
using FixtureKey = std::pair<std::string, std::string>;

struct Fixture {
  std::string root;      // name of its root element
  std::size_t rows = 0;  // elements in the root
  bool is_indexed = false;
  std::vector<std::string> indices;    // of its schema
  std::vector<std::string> group_ids;  // of user-groups only
};

inline constexpr std::string_view kUserGroups = "user-groups";

struct PhoneStore {
  std::string user_id;   // empty until the first restore
  std::string username;  // as the server wrote it
  std::string sync_token;
  std::map<std::string, std::string> user_data;
  PhoneCases cases;
  std::map<LedgerKey, std::int64_t> ledgers;
  std::map<FixtureKey, Fixture> fixtures;
};

using OwnerIds = std::set<std::string, std::less<>>;
/// The user's own id and those in the user-groups fixture (restore document 7).
OwnerIds OwnerIdsOf(const PhoneStore& store);

/// Adds or replaces the index of that identifier; an empty target removes it.
void SetIndex(PhoneCase& held, CaseIndex index);

}  // namespace outpost::phones
