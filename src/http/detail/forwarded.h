#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace outpost::http::detail {

/// An IP address as 16 bytes; IPv4 in its mapped form, so that both compare.
using AddressBytes = std::array<std::uint8_t, 16>;
std::optional<AddressBytes> ReadAddress(std::string_view text);
/// "192.0.2.1" or "2001:db8::1".
std::string RenderAddress(const AddressBytes& address);

/// Proxies whose X-Forwarded-* headers count.
class TrustedProxies {
 public:
  /// Addresses or CIDR blocks. @throws Problem kUnknownSetting naming what cannot be read.
  explicit TrustedProxies(const std::vector<std::string>& blocks);

  /// Sets remote_address, host and is_secure from the peer and, if it is trusted, its headers: of
  /// X-Forwarded-For the rightmost hop that is not itself trusted.
  void Apply(const std::string& peer, Request& request) const;

 private:
  struct Block {
    AddressBytes address;
    int bits;  // of 128
  };
  bool Holds(const AddressBytes& address) const;

  std::vector<Block> blocks_;
};

}  // namespace outpost::http::detail
