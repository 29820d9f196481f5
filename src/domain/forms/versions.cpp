#include <algorithm>

#include "base/text.h"
#include "domain/forms/detail/app_version.h"

namespace outpost::forms {
namespace {

constexpr std::size_t kTextIgnoredMax = 5;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Length of the run of characters at `at` that satisfy `belongs`.
template <class Predicate>
std::size_t RunLength(std::string_view text, std::size_t at, Predicate belongs) {
  std::size_t end = at;
  while (end < text.size() && belongs(text[end])) ++end;
  return end - at;
}

std::size_t VersionLength(std::string_view text, std::size_t at) {
  return RunLength(text, at, [](char c) { return IsDigit(c) || c == '.'; });
}

/// version "D"
std::string AfterWordVersion(std::string_view text) {
  constexpr std::string_view lead = "version \"";
  for (auto at = text.find(lead); at != std::string_view::npos; at = text.find(lead, at + 1)) {
    const std::size_t start = at + lead.size();
    const std::size_t length = VersionLength(text, start);
    if (length > 0 && text.substr(start + length).starts_with('"')) {
      return std::string(text.substr(start, length));
    }
  }
  return {};
}

/// "D" (digits)
std::string BeforeBuildNumber(std::string_view text) {
  for (auto at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 1)) {
    const std::size_t length = VersionLength(text, at + 1);
    std::size_t next = at + 1 + length;
    if (length == 0 || !text.substr(next).starts_with('"')) continue;
    const std::size_t blanks = RunLength(text, ++next, IsBlank);
    if (blanks == 0 || !text.substr(next += blanks).starts_with('(')) continue;
    const std::size_t digits = RunLength(text, ++next, IsDigit);
    if (digits > 0 && text.substr(next + digits).starts_with(')')) {
      return std::string(text.substr(at + 1, length));
    }
  }
  return {};
}

/// " D " in quotes, with blanks if it likes
std::string InQuotes(std::string_view text) {
  for (auto at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 1)) {
    const std::size_t start = at + 1 + RunLength(text, at + 1, IsBlank);
    const std::size_t length = VersionLength(text, start);
    const std::size_t end = start + length;
    if (length > 0 && text.substr(end + RunLength(text, end, IsBlank)).starts_with('"')) {
      return std::string(text.substr(start, length));
    }
  }
  return {};
}

/// A number between `lead` and `tail`; an empty tail stands for any one character.
std::optional<std::int64_t> NumberBetween(std::string_view text, std::string_view lead,
                                          std::string_view tail) {
  for (auto at = text.find(lead); at != std::string_view::npos; at = text.find(lead, at + 1)) {
    const std::size_t start = at + lead.size();
    const std::size_t length = RunLength(text, start, IsDigit);
    const auto rest = text.substr(start + length);
    if (length > 0 && !rest.empty() && rest.starts_with(tail)) {
      return ParseInt(text.substr(start, length));
    }
  }
  return std::nullopt;
}

}  // namespace

std::string CommCareVersionOf(std::string_view text) {
  if (text.size() <= kTextIgnoredMax) return {};
  std::string version = AfterWordVersion(text);
  if (version.empty()) version = BeforeBuildNumber(text);
  if (version.empty()) version = InQuotes(text);
  if (version.empty()) return {};
  while (std::count(version.begin(), version.end(), '.') < 2) version += ".0";
  return version;
}

std::optional<std::int64_t> AppVersionOf(std::string_view text) {
  if (text.size() <= kTextIgnoredMax) return std::nullopt;
  if (const auto number = NumberBetween(text, " #", " ")) return number;
  if (const auto number = NumberBetween(text, "b[", "]")) return number;
  return NumberBetween(text, "App v", "");
}

}  // namespace outpost::forms
