#include "http/detail/forwarded.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/problem.h"
#include "base/text.h"
#include "http/detail/header_fields.h"

namespace outpost::http::detail {
namespace {

constexpr AddressBytes kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t kMappedBytes = 12;

bool IsMapped(const AddressBytes& address) {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.begin() + kMappedBytes, address.begin());
}

/// "1.2.3.4:567" and "[::1]:80" lose their port, as some proxies add it.
std::string_view WithoutPort(std::string_view hop) {
  if (hop.starts_with('[')) return hop.substr(1, hop.find(']') - 1);
  const auto colon = hop.find(':');
  const bool is_single = colon != std::string_view::npos && colon == hop.rfind(':');
  return is_single ? hop.substr(0, colon) : hop;
}

}  // namespace

std::optional<AddressBytes> ReadAddress(std::string_view text) {
  AddressBytes out = kMappedPrefix;
  const std::string copy(text);
  if (inet_pton(AF_INET, copy.c_str(), out.data() + kMappedBytes) == 1) return out;
  if (inet_pton(AF_INET6, copy.c_str(), out.data()) == 1) return out;
  return std::nullopt;
}

std::string RenderAddress(const AddressBytes& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (IsMapped(address)) {
    inet_ntop(AF_INET, address.data() + kMappedBytes, text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  }
  return text.data();
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& blocks) {
  for (const auto& text : blocks) {
    const auto slash = text.find('/');
    const auto address = ReadAddress(std::string_view(text).substr(0, slash));
    const int bits_max = address && IsMapped(*address) ? 32 : 128;
    std::optional<std::int64_t> bits = bits_max;
    if (slash != std::string::npos) bits = ParseInt(std::string_view(text).substr(slash + 1));
    if (!address || !bits || *bits < 0 || *bits > bits_max) {
      throw Problem(ProblemKind::kUnknownSetting,
                    "trusted_proxies: \"" + text +
                        "\" is no address or block such as 10.0.0.0/8 or 2001:db8::/32.");
    }
    blocks_.push_back({*address, static_cast<int>(*bits) + 128 - bits_max});
  }
}

bool TrustedProxies::Holds(const AddressBytes& address) const {
  return std::any_of(blocks_.begin(), blocks_.end(), [&address](const Block& block) {
    int bits = block.bits;
    for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
      const int shift = bits >= 8 ? 0 : 8 - bits;
      if ((address[i] >> shift) != (block.address[i] >> shift)) return false;
    }
    return true;
  });
}

void TrustedProxies::Apply(const std::string& peer, Request& request) const {
  request.remote_address = peer;
  if (blocks_.empty()) return;
  auto hop = ReadAddress(peer);
  if (!hop || !Holds(*hop)) return;
  std::vector<std::string_view> hops;
  for (const auto& field : request.headers.all()) {
    if (!EqualsIgnoreCase(field.first, "X-Forwarded-For")) continue;
    for (const auto element : Split(field.second, ',')) hops.push_back(Trim(element));
  }
  for (auto text = hops.rbegin(); text != hops.rend(); ++text) {
    const auto before = ReadAddress(WithoutPort(*text));
    if (!before) break;  // nobody vouches for what is left of nonsense
    hop = before;
    if (!Holds(*hop)) break;
  }
  request.remote_address = RenderAddress(*hop);
  if (const auto proto = request.headers.Find("X-Forwarded-Proto")) {
    request.is_secure = EqualsIgnoreCase(LastOfList(*proto), "https");
  }
  if (const auto host = request.headers.Find("X-Forwarded-Host")) {
    request.host = LastOfList(*host);
  }
}

}  // namespace outpost::http::detail
