#pragma once

#include <string_view>

namespace outpost::people::detail {

/// "192.0.2.7", "2001:db8::1", or a network of them: "192.0.2.0/24".
bool IsAddressOrNetwork(std::string_view text);

/// Whether an address is in a list of addresses and networks, separated by blanks. An IPv4 address
/// in its IPv6 form (::ffff:192.0.2.7) is that IPv4 address. What cannot be read matches nothing.
bool IsInAddressList(std::string_view address, std::string_view list);

}  // namespace outpost::people::detail
