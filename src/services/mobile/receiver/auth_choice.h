#pragma once

#include <cstdint>
#include <optional>

#include "http/message.h"

/// Which authentication a submission asks for (submission document 2).
namespace outpost::mobile {

enum class AuthType : std::uint8_t { kBasic, kDigest, kOAuth2, kApiKey, kNone };

/// From ?authtype, else guessed from submit_mode and the Authorization header; Basic when nothing
/// says otherwise. Empty for an unknown ?authtype.
std::optional<AuthType> ChooseAuthType(const http::Request& request);

/// ?submit_mode=demo: practice mode.
bool IsDemoMode(const http::Request& request);

}  // namespace outpost::mobile
