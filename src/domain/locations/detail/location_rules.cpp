#include "domain/locations/detail/location_rules.h"

#include <algorithm>
#include <charconv>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::locations::detail {
namespace {

constexpr double kLatitudeMax = 90;
constexpr double kLongitudeMax = 180;
constexpr std::size_t kDegreesCharactersMax = 22;

[[noreturn]] void Refuse(const std::string& why) { throw Problem(ProblemKind::kBadRequest, why); }

bool IsDegrees(std::string_view text, double max) {
  if (text.empty()) return true;
  if (text.size() > kDegreesCharactersMax) return false;
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  return read.ec == std::errc() && read.ptr == end && value >= -max && value <= max;
}

bool IsSiteCode(std::string_view text) {
  return !text.empty() && text.size() <= kSiteCodeCharactersMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

}  // namespace

void CheckTexts(const Location& location) {
  if (Trim(location.name).empty()) Refuse("A location needs a name.");
  for (const auto* text :
       {&location.name, &location.external_id, &location.supply_point_id, &location.location_id}) {
    if (CountCharacters(*text) > kNameCharactersMax) {
      Refuse("Names and ids of locations have at most 255 characters.");
    }
  }
  if (!IsSiteCode(location.site_code)) {
    Refuse("'" + location.site_code +
           "' is not a site code: use up to 100 lower-case letters, digits, _ and -.");
  }
  if (!IsDegrees(location.latitude, kLatitudeMax) ||
      !IsDegrees(location.longitude, kLongitudeMax)) {
    Refuse("Latitude and longitude are decimal degrees, such as -1.2921 and 36.8219.");
  }
}

void CheckLevel(const LocationType& type, const Location* parent, const LocationType* parent_type) {
  if (parent == nullptr) {
    if (!type.parent.empty()) {
      Refuse("A location of the level '" + type.code + "' needs a parent of the level '" +
             type.parent + "'.");
    }
    return;
  }
  if (parent_type == nullptr || parent_type->code != type.parent) {
    Refuse("A location of the level '" + type.code + "' cannot be below " + parent->name + ".");
  }
  if (parent->is_archived) Refuse(parent->name + " is archived.");
}

}  // namespace outpost::locations::detail
