#include "domain/people/detail/address_list.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/text.h"

namespace outpost::people::detail {
namespace {

constexpr std::size_t kMappedPrefixBytes = 12;

/// Every address as 16 bytes, IPv4 ones in their mapped form.
using Address = std::array<std::uint8_t, 16>;

struct Network {
  Address address{};
  std::size_t bits = 128;
};

std::optional<Network> ParseAddress(std::string_view text) {
  const std::string terminated(text);
  Network network;
  if (inet_pton(AF_INET6, terminated.c_str(), network.address.data()) == 1) return network;
  network.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
  if (inet_pton(AF_INET, terminated.c_str(), network.address.data() + kMappedPrefixBytes) == 1) {
    return network;
  }
  return std::nullopt;
}

std::optional<Network> ParseNetwork(std::string_view text) {
  const auto slash = text.find('/');
  auto network = ParseAddress(text.substr(0, slash));
  if (!network || slash == std::string_view::npos) return network;
  const bool is_v4 = text.find(':') == std::string_view::npos;
  const auto bits = ParseInt(text.substr(slash + 1));
  if (!bits || *bits < 0 || *bits > (is_v4 ? 32 : 128)) return std::nullopt;
  network->bits = static_cast<std::size_t>(*bits) + (is_v4 ? kMappedPrefixBytes * 8 : 0);
  return network;
}

bool Contains(const Network& network, const Address& address) {
  const auto whole = network.bits / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                  network.address.begin())) {
    return false;
  }
  const auto rest = network.bits % 8;
  if (rest == 0) return true;
  const auto shift = static_cast<int>(8 - rest);
  return address.at(whole) >> shift == network.address.at(whole) >> shift;
}

}  // namespace

bool IsAddressOrNetwork(std::string_view text) { return ParseNetwork(text).has_value(); }

bool IsInAddressList(std::string_view address, std::string_view list) {
  const auto asked = ParseAddress(address);
  if (!asked) return false;
  for (const auto entry : Split(list, ' ')) {
    const auto network = ParseNetwork(entry);
    if (network && Contains(*network, asked->address)) return true;
  }
  return false;
}

}  // namespace outpost::people::detail
