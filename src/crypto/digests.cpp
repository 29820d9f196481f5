#include "crypto/digests.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"

namespace outpost::crypto {
namespace {

// Picks the implementations for this processor. Every file of this room leans on this one.
const bool kSodiumIsReady = sodium_init() >= 0;

// Fetched once: looking an algorithm up by name with each call costs more than hashing a form.
const EVP_MD* Fetch(const char* name) {
  const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
  OUTPOST_CHECK(algorithm != nullptr);
  return algorithm;
}

template <std::size_t kLength>
std::array<std::uint8_t, kLength> Digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<std::uint8_t, kLength> out{};
  unsigned int length = 0;
  OUTPOST_CHECK(EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, algorithm, nullptr) ==
                1);
  OUTPOST_CHECK(length == kLength);
  return out;
}

}  // namespace

std::array<std::uint8_t, 16> Md5(std::string_view bytes) {
  static const EVP_MD* const kAlgorithm = Fetch("MD5");
  return Digest<16>(kAlgorithm, bytes);
}

std::string Md5Hex(std::string_view bytes) { return HexOf(Md5(bytes)); }

std::array<std::uint8_t, 20> Sha1(std::string_view bytes) {
  static const EVP_MD* const kAlgorithm = Fetch("SHA1");
  return Digest<20>(kAlgorithm, bytes);
}

std::array<std::uint8_t, 32> Sha256(std::string_view bytes) {
  static const EVP_MD* const kAlgorithm = Fetch("SHA256");
  return Digest<32>(kAlgorithm, bytes);
}

std::string Sha256Hex(std::string_view bytes) { return HexOf(Sha256(bytes)); }

std::array<std::uint8_t, 32> HmacSha256(std::string_view key, std::string_view bytes) {
  static const EVP_MD* const kAlgorithm = Fetch("SHA256");
  std::array<std::uint8_t, 32> out{};
  unsigned int length = 0;
  OUTPOST_CHECK(HMAC(kAlgorithm, key.data(), static_cast<int>(key.size()), AsBytes(bytes).data(),
                     bytes.size(), out.data(), &length) != nullptr);
  OUTPOST_CHECK(length == out.size());
  return out;
}

std::array<std::uint8_t, 32> KeyedHash(std::string_view key, std::string_view bytes) {
  OUTPOST_CHECK(kSodiumIsReady);
  std::array<std::uint8_t, 32> out{};
  OUTPOST_CHECK(crypto_generichash(out.data(), out.size(), AsBytes(bytes).data(), bytes.size(),
                                   AsBytes(key).data(), key.size()) == 0);
  return out;
}

bool EqualsConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string NewApiKey() {
  std::array<std::uint8_t, 20> bytes{};
  FillRandom(bytes);
  return HexOf(bytes);
}

std::string NewToken() {
  std::array<std::uint8_t, 32> bytes{};
  FillRandom(bytes);
  std::string token(
      sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(token.data(), token.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  token.pop_back();  // the terminating zero
  return token;
}

std::string NewPassword() {
  static constexpr std::string_view kLetters =
      "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  constexpr int kLength = 16;
  constexpr int kGroup = 4;
  std::string password;
  while (password.size() < kLength + kLength / kGroup - 1) {
    if (password.size() % (kGroup + 1) == kGroup) {
      password += '-';
      continue;
    }
    std::uint8_t byte = 0;
    FillRandom({&byte, 1});
    // Bytes above the largest multiple would make the first letters likelier.
    if (byte < 256 / kLetters.size() * kLetters.size()) {
      password += kLetters[byte % kLetters.size()];
    }
  }
  return password;
}

}  // namespace outpost::crypto
