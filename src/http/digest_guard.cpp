#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "http/credentials.h"

namespace outpost::http {
namespace {

constexpr std::size_t kTimeDigits = 16;
constexpr std::size_t kSaltDigits = 16;
constexpr std::size_t kSealDigits = 32;

std::string HexOfNumber(std::uint64_t number) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = bytes.size(); i-- > 0; number >>= 8) {
    bytes[i] = static_cast<std::uint8_t>(number);
  }
  return HexOf(bytes);
}

template <class Number>
std::optional<Number> NumberOfHex(std::string_view hex) {
  Number number = 0;
  const auto end = hex.data() + hex.size();
  const auto got = std::from_chars(hex.data(), end, number, 16);
  if (hex.empty() || got.ec != std::errc() || got.ptr != end) return std::nullopt;
  return number;
}

/// Which counts of one nonce were seen: the highest, and a bit for each of those right below.
struct Counts {
  std::uint32_t highest = 0;
  std::uint64_t seen = 0;  // bit i: highest - i

  bool Take(std::uint32_t count) {
    if (count > highest) {
      const std::uint32_t by = count - highest;
      seen = by < 64 ? (seen << by) | 1u : 1u;
      highest = count;
      return true;
    }
    const std::uint32_t back = highest - count;
    if (back > DigestGuard::kCountsBack || ((seen >> back) & 1u) != 0) return false;
    seen |= std::uint64_t{1} << back;
    return true;
  }
};

}  // namespace

struct DigestGuard::Impl {
  Impl(std::string realm_text, std::string key_bytes, const Clock& clock_to_ask)
      : realm(std::move(realm_text)), key(std::move(key_bytes)), clock(clock_to_ask) {}

  std::string realm;
  std::string key;
  const Clock& clock;
  std::mutex mutex;
  std::unordered_map<std::string, Counts> used;
  std::deque<std::string> in_order;  // of first use, for forgetting
  std::int64_t forgotten_until = 0;  // nonces made up to here may have been forgotten

  std::string SealOf(std::string_view time_and_salt) const {
    const auto seal = crypto::HmacSha256(key, time_and_salt);
    return HexOf(seal).substr(0, kSealDigits);
  }

  /// When we made this nonce; empty when we did not, or too long ago.
  std::optional<std::int64_t> TimeOf(std::string_view nonce) const {
    if (nonce.size() != kTimeDigits + kSaltDigits + kSealDigits) return std::nullopt;
    const auto open = nonce.substr(0, kTimeDigits + kSaltDigits);
    if (!crypto::EqualsConstantTime(SealOf(open), nonce.substr(open.size()))) return std::nullopt;
    const auto time = NumberOfHex<std::uint64_t>(nonce.substr(0, kTimeDigits));
    if (!time) return std::nullopt;
    const auto made = static_cast<std::int64_t>(*time);
    const std::int64_t age = clock.Now().micros - made;
    if (age < 0 || age > kNonceSeconds * kMicrosPerSecond) return std::nullopt;
    return made;
  }

  bool TakeCount(const std::string& nonce, std::int64_t made, std::uint32_t count) {
    const std::lock_guard lock(mutex);
    const auto known = used.find(nonce);
    if (known != used.end()) return known->second.Take(count);
    if (made <= forgotten_until) return false;
    if (used.size() == kNoncesMax) {
      const std::string& oldest = in_order.front();
      const auto time = NumberOfHex<std::uint64_t>(std::string_view(oldest).substr(0, kTimeDigits));
      forgotten_until = std::max(forgotten_until, static_cast<std::int64_t>(time.value_or(0)));
      used.erase(oldest);
      in_order.pop_front();
    }
    in_order.push_back(nonce);
    return used[nonce].Take(count);
  }
};

DigestGuard::DigestGuard(std::string realm, std::string key, const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(realm), std::move(key), clock)) {}

DigestGuard::~DigestGuard() = default;

const std::string& DigestGuard::realm() const { return impl_->realm; }

std::string DigestGuard::Challenge(bool is_stale) const {
  std::array<std::uint8_t, kSaltDigits / 2> salt{};
  FillRandom(salt);
  const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(0, impl_->clock.Now().micros));
  const std::string open = HexOfNumber(now) + HexOf(salt);
  return "Digest realm=\"" + impl_->realm + "\", nonce=\"" + open + impl_->SealOf(open) +
         "\", qop=\"auth\", algorithm=\"MD5\", opaque=\"" + crypto::Md5Hex(impl_->realm) +
         "\", stale=\"" + (is_stale ? "true" : "false") + '"';
}

DigestGuard::Verdict DigestGuard::Check(const Request& request, const DigestFields& fields,
                                        std::string_view ha1) {
  const bool is_ours = fields.realm == impl_->realm && fields.uri == request.target &&
                       EqualsIgnoreCase(fields.qop, "auth") && !fields.cnonce.empty() &&
                       (fields.algorithm.empty() || EqualsIgnoreCase(fields.algorithm, "MD5"));
  const auto count = NumberOfHex<std::uint32_t>(fields.nc);
  if (!is_ours || fields.nc.size() != 8 || !count || *count == 0) return Verdict::kWrong;
  const std::string ha2 = crypto::Md5Hex(std::string(NameOf(request.method)) + ':' + fields.uri);
  const std::string expected =
      crypto::Md5Hex(std::string(ha1) + ':' + fields.nonce + ':' + fields.nc + ':' + fields.cnonce +
                     ':' + fields.qop + ':' + ha2);
  if (!crypto::EqualsConstantTime(expected, ToLower(fields.response))) return Verdict::kWrong;
  const auto made = impl_->TimeOf(fields.nonce);
  if (!made || !impl_->TakeCount(fields.nonce, *made, *count)) return Verdict::kStale;
  return Verdict::kRight;
}

}  // namespace outpost::http
