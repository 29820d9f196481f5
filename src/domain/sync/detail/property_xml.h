#pragma once

#include <string>
#include <string_view>

namespace outpost::sync::detail {

/// The properties of a case, from their stored JSON to one element each. Left out are those that
/// have a place of their own, and names that no element can have.
void AppendProperties(std::string& out, std::string_view json);

}  // namespace outpost::sync::detail
