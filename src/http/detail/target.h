#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace outpost::http::detail {

/// A request target taken apart (RFC 9112 3.2).
struct Target {
  bool is_valid = false;
  std::string_view raw_path;   // still percent-encoded
  std::string_view raw_query;  // without '?'
  std::string_view authority;  // of the absolute form, which counts more than the Host header
};

/// Origin form and absolute form (http and https). Everything else is not valid.
Target ReadTarget(std::string_view target);

/// name=value pairs; a name alone has the value "".
std::vector<std::pair<std::string, std::string>> ReadQuery(std::string_view raw_query);

}  // namespace outpost::http::detail
