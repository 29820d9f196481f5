#pragma once

#include <string>
#include <string_view>

/// Phones with the setting cc-use-pw-obfuscation hide a password in base64 between two random ends
/// (app delivery document 2): P + base64(P + base64(password) + Q) + Q, where P is "sha256$" and
/// six hex digits, Q six hex digits and "=".
namespace outpost::crypto {

/// The password inside; the text itself when it is not one of these.
std::string UnwrapPassword(std::string_view sent);

}  // namespace outpost::crypto
