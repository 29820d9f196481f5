#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Password hashes: argon2id for new ones; every Django format that CommCare HQ has used is
/// verified (operations document 5.11). Slow by design: never on an I/O or writer thread.
namespace outpost::crypto {

/// Longer passwords never match: their hashing would be work that a stranger orders for free.
inline constexpr std::size_t kPasswordBytesMax = 4096;
/// A stored hash that asks for more work than this is of an unknown format: an import could
/// otherwise bring one that keeps a thread busy for days.
inline constexpr std::int64_t kPbkdf2IterationsMax = 10'000'000;
inline constexpr int kBcryptCostMax = 16;
inline constexpr std::int64_t kArgonKibMax = 256 * 1024;
inline constexpr std::int64_t kArgonPassesMax = 8;

/// What a check found. kUnusable: the stored text can never match (empty, "!…"); kUnknownFormat: a
/// format nobody knows, to be reported.
enum class PasswordVerdict { kMatch, kNoMatch, kUnusable, kUnknownFormat };

/// "argon2id$…": libsodium's string after our prefix. About 19 MiB and two passes, 10 to 40 ms.
/// @throws Problem kBadRequest when the password is longer than kPasswordBytesMax.
std::string HashPassword(std::string_view password);

/// Never throws, whatever `stored` is. Comparison takes constant time.
PasswordVerdict VerifyPassword(std::string_view stored, std::string_view password);

/// Made by HashPassword, as opposed to a hash that a migration brought.
bool IsOurHash(std::string_view stored);

}  // namespace outpost::crypto
