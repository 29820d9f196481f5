#include "base/instant.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace outpost {
namespace {

namespace chr = std::chrono;

struct Civil {
  int year, month, day, hour, minute, second, micro;
  int weekday;  // 0 = Sunday
};

Civil ToCivil(Instant at) {
  const chr::sys_time<chr::microseconds> time{chr::microseconds{at.micros}};
  const auto day = chr::floor<chr::days>(time);
  const chr::year_month_day ymd{day};
  const chr::hh_mm_ss<chr::microseconds> clock{time - day};
  return {static_cast<int>(ymd.year()),
          static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          static_cast<int>(clock.subseconds().count()),
          static_cast<int>(chr::weekday{day}.c_encoding())};
}

std::optional<Instant> FromCivil(int year, int month, int day, std::int64_t micros_of_day) {
  const chr::year_month_day ymd{chr::year{year}, chr::month{static_cast<unsigned>(month)},
                                chr::day{static_cast<unsigned>(day)}};
  if (year < 1 || !ymd.ok()) return std::nullopt;
  const auto days = chr::sys_days{ymd}.time_since_epoch().count();
  return Instant{days * kMicrosPerDay + micros_of_day};
}

/// Consumes text from the front; every Take… either succeeds or leaves it as it was.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  std::optional<int> Digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const char c = rest_[i];
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool TakeAny(std::string_view chars, char* taken = nullptr) {
    if (rest_.empty() || chars.find(rest_.front()) == std::string_view::npos) return false;
    if (taken != nullptr) *taken = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  bool AtDigit() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  bool AtEnd() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::optional<Instant> ScanDate(Scanner& in) {
  const auto year = in.Digits(4);
  if (!year) return std::nullopt;
  const bool dashed = in.Take('-');
  const auto month = in.Digits(2);
  if (!month || (dashed && !in.Take('-'))) return std::nullopt;
  const auto day = in.Digits(2);
  if (!day) return std::nullopt;
  return FromCivil(*year, *month, *day, 0);
}

/// Reads the digits after the decimal mark as microseconds.
std::optional<std::int64_t> ScanFraction(Scanner& in) {
  if (!in.AtDigit()) return std::nullopt;
  std::int64_t micros = 0;
  int digits = 0;
  while (in.AtDigit()) {
    const int digit = *in.Digits(1);
    if (digits < 6) {
      micros = micros * 10 + digit;
      ++digits;
    }
  }
  for (; digits < 6; ++digits) micros *= 10;
  return micros;
}

std::optional<std::int64_t> ScanTimeOfDay(Scanner& in) {
  const auto hour = in.Digits(2);
  if (!hour) return std::nullopt;
  in.Take(':');
  const auto minute = in.Digits(2);
  if (!minute) return std::nullopt;
  int second = 0;
  std::int64_t micros = 0;
  const bool has_seconds = in.Take(':') || in.AtDigit();
  if (has_seconds) {
    const auto seconds = in.Digits(2);
    if (!seconds) return std::nullopt;
    second = *seconds;
    if (in.TakeAny(".,")) {
      const auto fraction = ScanFraction(in);
      if (!fraction) return std::nullopt;
      micros = *fraction;
    }
  }
  if (*hour > 23 || *minute > 59 || second > 59) return std::nullopt;
  return (*hour * 3600LL + *minute * 60 + second) * kMicrosPerSecond + micros;
}

/// Reads the zone and returns its offset from UTC; the text must end after it.
std::optional<std::int64_t> ScanZone(Scanner& in) {
  if (in.AtEnd()) return 0;
  if (in.Take('Z')) return in.AtEnd() ? std::optional<std::int64_t>(0) : std::nullopt;
  char sign = '+';
  if (!in.TakeAny("+-", &sign)) return std::nullopt;
  const auto hours = in.Digits(2);
  if (!hours || *hours > 23) return std::nullopt;
  int minutes = 0;
  if (!in.AtEnd()) {
    in.Take(':');
    const auto read = in.Digits(2);
    if (!read || *read > 59 || !in.AtEnd()) return std::nullopt;
    minutes = *read;
  }
  const std::int64_t offset = (*hours * 3600LL + minutes * 60LL) * kMicrosPerSecond;
  return sign == '-' ? -offset : offset;
}

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};

/// Whole restores consist of dates and texts: digits by hand cost a tenth of a general formatter.
template <int kDigits>
void Put(char*& to, int number) {
  for (int i = kDigits; i-- > 0; number /= 10) to[i] = static_cast<char>('0' + number % 10);
  to += kDigits;
}

void PutDate(char*& to, const Civil& c) {
  Put<4>(to, c.year);
  *to++ = '-';
  Put<2>(to, c.month);
  *to++ = '-';
  Put<2>(to, c.day);
}

bool HasFourDigits(int year) { return year >= 0 && year <= 9'999; }

/// `end`: what follows the time, or 0.
std::string FormatTime(Instant at, char end) {
  const Civil c = ToCivil(at);
  if (!HasFourDigits(c.year)) {
    auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}", c.year, c.month, c.day,
                            c.hour, c.minute, c.second, c.micro);
    if (end != 0) text += end;
    return text;
  }
  std::array<char, 32> text;
  char* to = text.data();
  PutDate(to, c);
  *to++ = 'T';
  Put<2>(to, c.hour);
  *to++ = ':';
  Put<2>(to, c.minute);
  *to++ = ':';
  Put<2>(to, c.second);
  *to++ = '.';
  Put<6>(to, c.micro);
  if (end != 0) *to++ = end;
  return {text.data(), to};
}

}  // namespace

std::string FormatNaive(Instant at) { return FormatTime(at, 0); }
std::string FormatT6(Instant at) { return FormatTime(at, 'Z'); }

std::string FormatDate(Instant at) {
  const Civil c = ToCivil(at);
  if (!HasFourDigits(c.year)) return fmt::format("{:04}-{:02}-{:02}", c.year, c.month, c.day);
  std::array<char, 16> text;
  char* to = text.data();
  PutDate(to, c);
  return {text.data(), to};
}

std::string FormatHttpDate(Instant at) {
  const Civil c = ToCivil(at);
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kWeekdays[static_cast<std::size_t>(c.weekday)],
      c.day, kMonths[static_cast<std::size_t>(c.month - 1)], c.year, c.hour, c.minute, c.second);
}

std::optional<Instant> ParseDateTime(std::string_view text) {
  Scanner in(text);
  const auto date = ScanDate(in);
  if (!date || !in.TakeAny("T ")) return std::nullopt;
  const auto time = ScanTimeOfDay(in);
  if (!time) return std::nullopt;
  const auto offset = ScanZone(in);
  if (!offset) return std::nullopt;
  return *date + (*time - *offset);
}

std::optional<Instant> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-') return std::nullopt;
  Scanner in(text);
  const auto date = ScanDate(in);
  return in.AtEnd() ? date : std::nullopt;
}

std::optional<Instant> ParseDateOrDateTime(std::string_view text) {
  const auto date = ParseDate(text);
  return date ? date : ParseDateTime(text);
}

std::optional<Instant> ParseHttpDate(std::string_view text) {
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  int month = 0;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (text.substr(8, 3) == kMonths[i]) month = static_cast<int>(i) + 1;
  }
  Scanner day_in(text.substr(5, 2));
  Scanner year_in(text.substr(12, 4));
  Scanner time_in(text.substr(17, 8));
  const auto day = day_in.Digits(2);
  const auto year = year_in.Digits(4);
  const auto time = ScanTimeOfDay(time_in);
  if (month == 0 || !day || !year || !time || !time_in.AtEnd()) return std::nullopt;
  return FromCivil(*year, month, *day, *time);
}

}  // namespace outpost
