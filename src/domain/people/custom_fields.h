#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/writer.h"

/// Fields that a project space defines for its users or its locations (web document 9.6).
namespace outpost::people {

enum class FieldsOf : std::uint8_t { kUsers, kLocations };

inline constexpr std::size_t kSlugCharactersMax = 127;
inline constexpr std::size_t kFieldsMax = 500;  // of one kind in a project space
inline constexpr std::size_t kPatternCharactersMax = 255;
/// Longer values are not matched against a pattern, and so refused where there is one.
inline constexpr std::size_t kMatchedBytesMax = 1'024;

struct CustomField {
  std::string slug;                     // [A-Za-z0-9_-]+, not begun by "xml" or "commcare"
  std::string label;                    // the slug when empty
  bool is_required_of_workers = false;  // of locations too
  bool is_required_of_web_users = false;
  std::vector<std::string> choices;  // empty: any value. Never together with a pattern
  std::string pattern;               // ECMAScript, found anywhere in the value
  std::string pattern_message;       // told when it is not found
};

/// Whether the slug may be one. Values may also have keys that are no field, but none that begins
/// with "commcare".
bool IsReservedKey(std::string_view key);

/// Replaces the fields of that kind; their order is kept. Values that somebody has stay. Moves
/// kPeopleMark, for locations kLocationsMark too.
/// @throws Problem kBadRequest for a slug, a pattern or a combination that cannot be
void SetFields(sql::Batch& batch, std::int64_t project, FieldsOf kind,
               const std::vector<CustomField>& fields);
std::vector<CustomField> ListFields(sql::Connection& connection, std::int64_t project,
                                    FieldsOf kind);

enum class ValuesOf : std::uint8_t { kWorker, kWebUser, kLocation };
/// What is wrong with values, in words for the caller; empty when nothing is. An empty value is
/// the same as none.
std::string ProblemsOfValues(const std::vector<CustomField>& fields,
                             const std::map<std::string, std::string>& values, ValuesOf of);

}  // namespace outpost::people
