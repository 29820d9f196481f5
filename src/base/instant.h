#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Points in time. Inside, time is UTC in whole microseconds; text forms are made at the edges.
namespace outpost {

struct Instant {
  std::int64_t micros = 0;  // since 1970-01-01T00:00:00Z

  friend auto operator<=>(const Instant&, const Instant&) = default;
};

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

inline constexpr Instant operator+(Instant at, std::int64_t micros) { return {at.micros + micros}; }
inline constexpr std::int64_t operator-(Instant a, Instant b) { return a.micros - b.micros; }

/// "2024-05-01T09:30:00.123456Z": always six digits, always Z ("T6" of the receiver document).
std::string FormatT6(Instant at);
/// "2024-05-01T09:30:00.123456": the same without Z, as some API fields want it.
std::string FormatNaive(Instant at);
/// "2024-05-01".
std::string FormatDate(Instant at);
/// "Wed, 01 May 2024 09:30:00 GMT": RFC 1123, English, as in HTTP headers.
std::string FormatHttpDate(Instant at);

/// Reads an ISO 8601 datetime: date with or without dashes, blank or T, HH, MM, optional SS with or
/// without colons, optional fraction after '.' or ',' (cut after 6 digits), optional 'Z' or +hh,
/// +hhmm, +hh:mm. Without a zone it is UTC. Empty when the text is anything else.
std::optional<Instant> ParseDateTime(std::string_view text);
/// Reads YYYY-MM-DD as midnight UTC.
std::optional<Instant> ParseDate(std::string_view text);
/// ParseDate or ParseDateTime.
std::optional<Instant> ParseDateOrDateTime(std::string_view text);
/// Reads an RFC 1123 date such as "Mon, 11 Apr 2011 18:24:43 GMT".
std::optional<Instant> ParseHttpDate(std::string_view text);

}  // namespace outpost
