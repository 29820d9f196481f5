#include "crypto/wrapped_password.h"

#include <algorithm>

#include "base/text.h"

namespace outpost::crypto {
namespace {

constexpr std::string_view kLead = "sha256$";
constexpr std::size_t kDigits = 6;
constexpr std::size_t kPrefixBytes = kLead.size() + kDigits;
constexpr std::size_t kSuffixBytes = kDigits + 1;  // and "="

bool AreHexDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string UnwrapPassword(std::string_view sent) {
  const bool is_long_enough = sent.size() >= kPrefixBytes + kSuffixBytes;
  if (!is_long_enough || !sent.starts_with(kLead) || !sent.ends_with('=')) {
    return std::string(sent);
  }
  const auto prefix = sent.substr(0, kPrefixBytes);
  const auto suffix = sent.substr(sent.size() - kSuffixBytes);
  if (!AreHexDigits(prefix.substr(kLead.size())) || !AreHexDigits(suffix.substr(0, kDigits))) {
    return std::string(sent);
  }
  const auto outer =
      BytesOfBase64(sent.substr(kPrefixBytes, sent.size() - kPrefixBytes - kSuffixBytes));
  if (!outer || outer->size() < kPrefixBytes + kSuffixBytes || !outer->starts_with(prefix) ||
      !outer->ends_with(suffix)) {
    return std::string(sent);
  }
  const auto inner = BytesOfBase64(
      std::string_view(*outer).substr(kPrefixBytes, outer->size() - kPrefixBytes - kSuffixBytes));
  return inner ? *inner : std::string(sent);
}

}  // namespace outpost::crypto
