#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::operations::detail {

boost::json::array JsonOf(const std::vector<std::string>& texts);
boost::json::object JsonOf(const std::map<std::string, std::string>& texts);
/// @throws Problem kBadRequest for a member that is no text; `key` names the argument
std::map<std::string, std::string> TextsOf(const boost::json::object& object, std::string_view key);

}  // namespace outpost::operations::detail
