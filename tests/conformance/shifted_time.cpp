#include "conformance/shifted_time.h"

#include <boost/json.hpp>
#include <optional>

#include "base/instant.h"

namespace outpost::tests {

namespace {

constexpr std::string_view kPattern = "dddd-dd-dd";

bool IsDateAt(std::string_view text, std::size_t at) {
  if (at + kPattern.size() > text.size()) return false;
  for (std::size_t i = 0; i < kPattern.size(); ++i) {
    const char c = text[at + i];
    if (kPattern[i] == 'd' ? (c < '0' || c > '9') : c != '-') return false;
  }
  return true;
}

}  // namespace

std::string ShiftedTime::Shift(std::string_view text) const {
  std::string shifted;
  for (std::size_t at = 0; at < text.size();) {
    const auto date = text.substr(at, kPattern.size());
    // One such as 2024-13-01 must stay wrong.
    const auto day = IsDateAt(text, at) ? ParseDate(date) : std::nullopt;
    if (day) {
      shifted += FormatDate(*day + days_ * kMicrosPerDay);
      at += kPattern.size();
    } else {
      shifted += text[at++];
    }
  }
  return shifted;
}

boost::json::value ShiftedTime::Shift(const boost::json::value& value) const {
  if (value.is_string()) return boost::json::string(Shift(std::string_view(value.get_string())));
  if (const auto* list = value.if_array()) {
    boost::json::array shifted;
    for (const auto& item : *list) shifted.push_back(Shift(item));
    return shifted;
  }
  if (const auto* object = value.if_object()) {
    boost::json::object shifted;
    for (const auto& [key, member] : *object) shifted[key] = Shift(member);
    return shifted;
  }
  return value;
}

}  // namespace outpost::tests
