#pragma once

#include <string>
#include <string_view>

namespace outpost::tests {

/// Where two documents differ, "" when they do not. Order of attributes and white space between
/// elements do not count; elements `data` of user_data that are not expected are let pass.
std::string XmlDifference(std::string_view expected, std::string_view found);

}  // namespace outpost::tests
