#include "domain/forms/detail/normalise.h"

#include "base/instant.h"
#include "domain/forms/form_xml.h"

namespace outpost::forms {
namespace {

/// The loose pattern of 8.3 asks for three to six digits; any other number leaves the text alone.
bool HasUsualFraction(std::string_view text) {
  const auto mark = text.find_first_of(".,", 11);
  if (mark == std::string_view::npos) return true;
  std::size_t digits = 0;
  for (std::size_t i = mark + 1; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) ++digits;
  return digits >= 3 && digits <= 6;
}

/// Moving to UTC may lead out of the years that a datetime can name.
bool HasFourDigitYear(Instant at) {
  constexpr std::int64_t first = -62'135'596'800 * kMicrosPerSecond;  // 0001-01-01
  constexpr std::int64_t end = 253'402'300'800 * kMicrosPerSecond;    // 10000-01-01
  return at.micros >= first && at.micros < end;
}

/// Cheap test that spares almost every text the parse.
bool MayBeDateTime(std::string_view text) {
  constexpr std::size_t kShortest = 13;  // 20200501T1000
  constexpr std::size_t kLongest = 32;   // 2020-05-01T10:00:00.123456+05:30
  if (text.size() < kShortest || text.size() > kLongest) return false;
  for (std::size_t i = 0; i < 4; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> NormalisedDateTime(std::string_view text) {
  if (!MayBeDateTime(text)) return std::nullopt;
  const auto at = ParseDateTime(text);
  if (!at || !HasUsualFraction(text) || !HasFourDigitYear(*at)) return std::nullopt;
  return FormatT6(*at);
}

std::string NormaliseText(std::string_view text) {
  auto normalised = NormalisedDateTime(text);
  return normalised ? std::move(*normalised) : std::string(text);
}

}  // namespace outpost::forms
