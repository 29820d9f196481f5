#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// Digests, keyed hashes and random tokens. Pure; any thread.
namespace outpost::crypto {

std::array<std::uint8_t, 16> Md5(std::string_view bytes);
std::string Md5Hex(std::string_view bytes);
std::array<std::uint8_t, 20> Sha1(std::string_view bytes);
std::array<std::uint8_t, 32> Sha256(std::string_view bytes);
std::string Sha256Hex(std::string_view bytes);
std::array<std::uint8_t, 32> HmacSha256(std::string_view key, std::string_view bytes);

/// BLAKE2b-256 under a key of 16 to 64 bytes: what stays inside this server and is computed with
/// every request (HmacSha256 is for what other programs check).
std::array<std::uint8_t, 32> KeyedHash(std::string_view key, std::string_view bytes);

/// Same length and content, in constant time for equal lengths.
bool EqualsConstantTime(std::string_view a, std::string_view b);

/// 40 hex digits: the shape of CommCare HQ's API keys.
std::string NewApiKey();
/// 43 URL-safe characters with 256 bits, for sessions and one-time links.
std::string NewToken();
/// 16 letters and digits without look-alikes (over 90 bits), in groups of four: for people to type.
std::string NewPassword();

}  // namespace outpost::crypto
