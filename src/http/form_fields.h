#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace outpost::http {

/// Parameters of the query and, where the body is application/x-www-form-urlencoded or
/// multipart/form-data, of the body after them (files are left out); decoded, in order. Bodies that
/// are not in memory are not looked at: such routes take small ones only. @throws Problem
/// kMalformed for a multipart body that is not whole
std::vector<std::pair<std::string, std::string>> FormFields(const Request& request);

/// Values of all fields of that name.
std::vector<std::string> ValuesOf(const std::vector<std::pair<std::string, std::string>>& fields,
                                  std::string_view name);

}  // namespace outpost::http
