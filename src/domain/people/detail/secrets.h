#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/sealing.h"
#include "domain/people/accounts.h"
#include "store/sql/connection.h"

/// Reading what proves an account: API keys, sessions, what Digest needs.
namespace outpost::people::detail {

struct FoundKey {
  Account account;
  std::int64_t row = 0;
  std::int64_t project = 0;  // 0: all of the account's
  std::string allowed_addresses;
  bool is_active = false;
  Instant expires_on;
};
std::optional<FoundKey> FindApiKey(sql::Connection& connection, std::string_view key);
/// Whether a text looks like an API key, so that a password need not be looked up as one.
bool LooksLikeApiKey(std::string_view text);

struct FoundSession {
  Account account;
  std::string token_hash;
  std::int64_t auth_version = 0;
  Instant expires_on;
};
std::optional<FoundSession> FindSession(sql::Connection& connection, std::string_view cookie);

/// HA1 for a user name exactly as it was sent.
std::optional<std::string> FindDigestSecret(sql::Connection& connection,
                                            const crypto::ServerKey& key, const Account& account,
                                            std::string_view username);

}  // namespace outpost::people::detail
