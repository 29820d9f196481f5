#include "services/web/api/date_params.h"

#include <cstddef>

namespace outpost::web {
namespace {

/// "9" stands for a digit, anything else for itself.
bool Looks(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == '9' ? !is_digit : text[i] != pattern[i]) return false;
  }
  return true;
}

bool IsDigits(std::string_view text) {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

constexpr std::string_view kDay = "9999-99-99";
constexpr std::string_view kSeconds = "9999-99-99T99:99:99";
constexpr std::string_view kMinutes = "9999-99-99T99:99Z";
constexpr std::size_t kFractionDigitsMax = 6;

bool IsClassicDateTime(std::string_view text) {
  if (Looks(text, kMinutes) || Looks(text, kSeconds)) return true;
  if (text.size() <= kSeconds.size() + 1 || text[kSeconds.size()] != '.') return false;
  const auto fraction = text.substr(kSeconds.size() + 1);
  return Looks(text.substr(0, kSeconds.size()), kSeconds) && IsDigits(fraction) &&
         fraction.size() <= kFractionDigitsMax;
}

std::optional<Instant> ReadDay(std::string_view text, DayEnd day_end) {
  const auto day = ParseDate(text);
  if (!day || day_end == DayEnd::kFirst) return day;
  return *day + (kMicrosPerDay - 1);
}

}  // namespace

std::optional<Instant> ReadClassicDate(std::string_view text, DayEnd day_end) {
  if (Looks(text, kDay)) return ReadDay(text, day_end);
  return IsClassicDateTime(text) ? ParseDateTime(text) : std::nullopt;
}

std::optional<Instant> ReadIsoDate(std::string_view text, DayEnd day_end) {
  if (Looks(text, kDay)) return ReadDay(text, day_end);
  return ParseDateTime(text);
}

}  // namespace outpost::web
