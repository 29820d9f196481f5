#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/instant.h"

/// Dates in query parameters (web document 1.5). All are UTC.
namespace outpost::web {

/// Which moment a bare date means: its first microsecond or its last.
enum class DayEnd : std::uint8_t { kFirst, kLast };

/// Of the classic lists: YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS, the same with a fraction, or
/// YYYY-MM-DDTHH:MMZ; nothing else.
std::optional<Instant> ReadClassicDate(std::string_view text, DayEnd day_end);
/// Of case API v2: a bare date or any ISO form with or without zone.
std::optional<Instant> ReadIsoDate(std::string_view text, DayEnd day_end);

}  // namespace outpost::web
