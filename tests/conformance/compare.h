#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::tests {

/// Expected values may be descriptions in asterisks, such as "*new*": any text that is not empty.
bool IsDescription(const boost::json::value& expected);

/// Appends a finding when `found` is not what is expected: descriptions match any text, arrays are
/// compared whole, members of objects that are not expected do not count when `is_partial`.
void Compare(std::string_view what, const boost::json::value& expected,
             const boost::json::value* found, bool is_partial, std::vector<std::string>& findings);

}  // namespace outpost::tests
