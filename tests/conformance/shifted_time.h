#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace outpost::tests {

/// Cases give fixed moments of the past, but the server's positions only go forward. Each case gets
/// days of its own, later than those of the case before: every date in its data moves by as many.
class ShiftedTime {
 public:
  explicit ShiftedTime(int number) : days_(kFirstDays + number * kDaysOfACase) {}

  /// Every YYYY-MM-DD in the text, moved.
  std::string Shift(std::string_view text) const;
  /// The same in all texts of a JSON value, keys left alone.
  boost::json::value Shift(const boost::json::value& value) const;

 private:
  static constexpr int kFirstDays = 1'500;
  static constexpr int kDaysOfACase = 70;
  int days_;
};

}  // namespace outpost::tests
