#include "crypto/passwords.h"

#include <crypt.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"

namespace outpost::crypto {
namespace {

constexpr std::string_view kOurPrefix = "argon2id$";
constexpr unsigned long long kArgonPasses = 2;
constexpr std::size_t kArgonBytes = 19UL * 1024 * 1024;

PasswordVerdict VerdictOf(bool is_match) {
  return is_match ? PasswordVerdict::kMatch : PasswordVerdict::kNoMatch;
}

bool IsLowerHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// A number that stands as ",name=" or "$name=" in an argon2 string; -1 when absent.
std::int64_t ArgonParameter(std::string_view text, char name) {
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    if (text[at] != name || text[at + 1] != '=' || (text[at - 1] != '$' && text[at - 1] != ',')) {
      continue;
    }
    const auto digits = text.substr(at + 2, text.find_first_of(",$", at) - at - 2);
    return ParseInt(digits).value_or(-1);
  }
  return -1;
}

PasswordVerdict VerifyArgon(std::string_view encoded, std::string_view password) {
  const auto kib = ArgonParameter(encoded, 'm');
  const auto passes = ArgonParameter(encoded, 't');
  if (!encoded.starts_with("$argon2id$") || encoded.size() >= crypto_pwhash_STRBYTES || kib < 1 ||
      kib > kArgonKibMax || passes < 1 || passes > kArgonPassesMax) {
    return PasswordVerdict::kUnknownFormat;
  }
  const std::string terminated(encoded);
  return VerdictOf(crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) ==
                   0);
}

/// Hex of digest(salt + password) as Django writes it: lower-case.
template <class Digest>
PasswordVerdict VerifySalted(std::string_view salt, std::string_view hex, std::string_view password,
                             Digest digest) {
  std::string salted(salt);
  salted += password;
  const std::string expected = HexOf(digest(salted));
  if (hex.size() != expected.size() || !IsLowerHex(hex)) return PasswordVerdict::kUnknownFormat;
  return VerdictOf(EqualsConstantTime(hex, expected));
}

PasswordVerdict VerifyPbkdf2(std::string_view rest, std::string_view password, const EVP_MD* digest,
                             std::size_t key_bytes) {
  const auto parts = Split(rest, '$');
  if (parts.size() != 3) return PasswordVerdict::kUnknownFormat;
  const auto iterations = ParseInt(parts[0]);
  const auto key = BytesOfBase64(parts[2]);
  if (!iterations || *iterations < 1 || *iterations > kPbkdf2IterationsMax || !key ||
      key->size() != key_bytes) {
    return PasswordVerdict::kUnknownFormat;
  }
  std::array<std::uint8_t, 32> computed{};
  const auto salt = AsBytes(parts[1]);
  const int done =
      PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                        static_cast<int>(salt.size()), static_cast<int>(*iterations), digest,
                        static_cast<int>(key_bytes), computed.data());
  if (done != 1) return PasswordVerdict::kUnknownFormat;
  return VerdictOf(sodium_memcmp(computed.data(), key->data(), key_bytes) == 0);
}

/// crypt(3) with the stored text as setting. A zero byte would end the password early for the C
/// function, so that "a\0b" matched "a": such a password never matches.
PasswordVerdict VerifyCrypt(std::string_view setting, std::string_view password,
                            std::size_t counting_bytes) {
  if (password.find('\0') != std::string_view::npos) return PasswordVerdict::kNoMatch;
  const std::string phrase(password.substr(0, counting_bytes));
  const std::string terminated(setting);
  const auto work = std::make_unique<crypt_data>();
  const char* made = crypt_r(phrase.c_str(), terminated.c_str(), work.get());
  if (made == nullptr || made[0] == '*') return PasswordVerdict::kUnknownFormat;
  return VerdictOf(EqualsConstantTime(made, terminated));
}

/// "$2b$12$" + 22 characters of salt + 31 of hash. Only the first 72 bytes of a password count.
PasswordVerdict VerifyBcrypt(std::string_view modular, std::string_view password) {
  constexpr std::size_t kModularLength = 60;
  constexpr std::size_t kCountingBytes = 72;
  const bool is_known =
      modular.size() == kModularLength &&
      (modular.starts_with("$2a$") || modular.starts_with("$2b$") || modular.starts_with("$2y$"));
  if (!is_known || modular[6] != '$') return PasswordVerdict::kUnknownFormat;
  const auto cost = ParseInt(modular.substr(4, 2));
  if (!cost || *cost < 4 || *cost > kBcryptCostMax) return PasswordVerdict::kUnknownFormat;
  return VerifyCrypt(modular, password, kCountingBytes);
}

PasswordVerdict VerifyDes(std::string_view hash, std::string_view password) {
  constexpr std::size_t kHashLength = 13;
  constexpr std::size_t kCountingBytes = 8;
  const bool is_known =
      hash.size() == kHashLength && std::all_of(hash.begin(), hash.end(), [](char c) {
        return c == '.' || c == '/' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
               (c >= 'a' && c <= 'z');
      });
  if (!is_known) return PasswordVerdict::kUnknownFormat;
  return VerifyCrypt(hash, password, kCountingBytes);
}

PasswordVerdict VerifyByAlgorithm(std::string_view algorithm, std::string_view rest,
                                  std::string_view password) {
  if (algorithm == "argon2id") return VerifyArgon(rest, password);
  if (algorithm == "pbkdf2_sha256") return VerifyPbkdf2(rest, password, EVP_sha256(), 32);
  if (algorithm == "pbkdf2_sha1") return VerifyPbkdf2(rest, password, EVP_sha1(), 20);
  if (algorithm == "bcrypt") return VerifyBcrypt(rest, password);
  if (algorithm == "bcrypt_sha256") return VerifyBcrypt(rest, Sha256Hex(password));

  const auto dollar = rest.find('$');
  if (dollar == std::string_view::npos) return PasswordVerdict::kUnknownFormat;
  const auto salt = rest.substr(0, dollar);
  const auto hash = rest.substr(dollar + 1);
  if (algorithm == "sha1") return VerifySalted(salt, hash, password, Sha1);
  if (algorithm == "md5") return VerifySalted(salt, hash, password, Md5);
  if (algorithm == "crypt") return VerifyDes(hash, password);
  return PasswordVerdict::kUnknownFormat;
}

}  // namespace

std::string HashPassword(std::string_view password) {
  if (password.size() > kPasswordBytesMax) {
    throw Problem(ProblemKind::kBadRequest, "The password is too long: at most 4,096 bytes.");
  }
  std::array<char, crypto_pwhash_STRBYTES> encoded{};
  if (crypto_pwhash_str_alg(encoded.data(), password.data(), password.size(), kArgonPasses,
                            kArgonBytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw Problem(ProblemKind::kBusy, "There is not enough memory to hash a password just now.");
  }
  return std::string(kOurPrefix) + encoded.data();
}

PasswordVerdict VerifyPassword(std::string_view stored, std::string_view password) {
  constexpr std::size_t kBareMd5Length = 32;
  if (stored.empty() || stored.front() == '!') return PasswordVerdict::kUnusable;
  if (password.size() > kPasswordBytesMax) return PasswordVerdict::kNoMatch;
  if (stored.find('\0') != std::string_view::npos) return PasswordVerdict::kUnknownFormat;
  const auto dollar = stored.find('$');
  if (dollar == std::string_view::npos) {
    return stored.size() == kBareMd5Length ? VerifySalted("", stored, password, Md5)
                                           : PasswordVerdict::kUnknownFormat;
  }
  return VerifyByAlgorithm(stored.substr(0, dollar), stored.substr(dollar + 1), password);
}

bool IsOurHash(std::string_view stored) { return stored.starts_with(kOurPrefix); }

}  // namespace outpost::crypto
