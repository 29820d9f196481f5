#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/instant.h"
#include "crypto/sealing.h"
#include "store/sql/writer.h"

/// The keys with which phones encrypt what they hold (app delivery document 10.2): one for each
/// user of a project space, for ever. With another one a phone would no longer find its unsent
/// forms, so neither a new password nor a move to another server changes it.
namespace outpost::people {

inline constexpr std::size_t kPhoneKeyBytes = 32;
/// A phone asks again with a password login after so long.
inline constexpr std::int64_t kPhoneKeyMicros = 30 * kMicrosPerDay;

struct PhoneKey {
  std::string uuid;
  std::string key;  // kPhoneKeyBytes bytes
  Instant valid_from;
  Instant expires_on;
};

/// Empty when there is none yet.
/// @throws Problem kInternal when the stored key was sealed under another server key.
std::optional<PhoneKey> FindPhoneKey(sql::Connection& connection, const crypto::ServerKey& server,
                                     std::int64_t project, std::int64_t account);
/// The key, made when there is none; an end that has passed is moved into the future.
PhoneKey RenewPhoneKey(sql::Batch& batch, const crypto::ServerKey& server, std::int64_t project,
                       std::int64_t account);

}  // namespace outpost::people
