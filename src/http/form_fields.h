#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace outpost::http {

/// Parameters of the query and, where the body is application/x-www-form-urlencoded, of the body
/// after them; decoded, in order. Bodies that are not in memory are not looked at: such routes take
/// small ones only.
std::vector<std::pair<std::string, std::string>> FormFields(const Request& request);

/// Values of all fields of that name.
std::vector<std::string> ValuesOf(const std::vector<std::pair<std::string, std::string>>& fields,
                                  std::string_view name);

}  // namespace outpost::http
