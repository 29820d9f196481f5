#include "domain/people/detail/secrets.h"

#include <algorithm>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "crypto/passwords.h"
#include "domain/people/authenticator.h"
#include "domain/people/detail/account_row.h"
#include "domain/people/detail/address_list.h"

namespace outpost::people {
namespace {

/// What is sealed for one account and name opens for no other.
std::string DigestContext(const Account& account, std::string_view username) {
  return "digest:" + account.user_id + ":" + std::string(username);
}

void PutDigestSecret(sql::Batch& batch, const crypto::ServerKey& key, const Account& account,
                     std::string_view username, std::string_view realm, std::string_view password) {
  std::string text(username);
  text += ':';
  text += realm;
  text += ':';
  text += password;
  const auto sealed = key.Seal(DigestContext(account, username), crypto::Md5Hex(text));
  batch.connection().Execute(
      "INSERT INTO digest_secrets (account, username, sealed) VALUES ($1, $2, $3)"
      " ON CONFLICT (account, username) DO UPDATE SET sealed = excluded.sealed",
      {account.row, username, sql::Bytes{sealed}});
}

std::vector<std::string> DigestNames(sql::Connection& connection, const Account& account) {
  std::vector<std::string> names;
  const auto rows =
      connection.Query("SELECT username FROM digest_secrets WHERE account = $1", {account.row});
  while (rows->Next()) names.push_back(rows->String(0));
  return names;
}

}  // namespace

namespace detail {

bool LooksLikeApiKey(std::string_view text) {
  constexpr std::size_t kLength = 40;
  return text.size() == kLength &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<FoundKey> FindApiKey(sql::Connection& connection, std::string_view key) {
  const auto hash = crypto::Sha256Hex(key);
  const auto rows =
      connection.Query("SELECT " OUTPOST_ACCOUNT_COLUMNS
                       ", k.id, k.project, k.allowed_addresses, k.is_active, k.expires_on"
                       " FROM api_keys k JOIN accounts a ON a.id = k.account WHERE k.key_hash = $1",
                       {hash});
  if (!rows->Next()) return std::nullopt;
  return FoundKey{AccountFromRow(*rows),
                  rows->Int(kAccountColumnCount),
                  rows->Int(kAccountColumnCount + 1),
                  rows->String(kAccountColumnCount + 2),
                  rows->Int(kAccountColumnCount + 3) != 0,
                  {rows->Int(kAccountColumnCount + 4)}};
}

std::optional<FoundSession> FindSession(sql::Connection& connection, std::string_view cookie) {
  const auto hash = crypto::Sha256Hex(cookie);
  const auto rows = connection.Query(
      "SELECT " OUTPOST_ACCOUNT_COLUMNS
      ", s.token_hash, s.auth_version, s.expires_on"
      " FROM web_sessions s JOIN accounts a ON a.id = s.account WHERE s.token_hash = $1",
      {hash});
  if (!rows->Next()) return std::nullopt;
  return FoundSession{AccountFromRow(*rows),
                      rows->String(kAccountColumnCount),
                      rows->Int(kAccountColumnCount + 1),
                      {rows->Int(kAccountColumnCount + 2)}};
}

std::optional<std::string> FindDigestSecret(sql::Connection& connection,
                                            const crypto::ServerKey& key, const Account& account,
                                            std::string_view username) {
  const auto rows =
      connection.Query("SELECT sealed FROM digest_secrets WHERE account = $1 AND username = $2",
                       {account.row, username});
  if (!rows->Next()) return std::nullopt;
  return key.Unseal(DigestContext(account, username), rows->Blob(0));
}

}  // namespace detail

NewPassword HashForStorage(std::string_view password) { return {crypto::HashPassword(password)}; }

void CheckPasswordRules(Kind kind, std::string_view password) {
  if (password.empty()) {
    throw Problem(ProblemKind::kBadRequest, "The password must not be empty.");
  }
  if (password.size() > crypto::kPasswordBytesMax) {
    throw Problem(ProblemKind::kBadRequest, "The password is too long: at most 4,096 bytes.");
  }
  if (kind == Kind::kWebUser && password.size() < kWebPasswordBytesMin) {
    throw Problem(ProblemKind::kBadRequest,
                  "The password of a web user needs at least 8 characters.");
  }
}

void EnableDigest(sql::Batch& batch, const crypto::ServerKey& key, const Account& account,
                  std::string_view realm, std::string_view password,
                  std::string_view name_as_typed) {
  PutDigestSecret(batch, key, account, account.username, realm, password);
  if (name_as_typed != account.username && ToLower(name_as_typed) == account.username) {
    PutDigestSecret(batch, key, account, name_as_typed, realm, password);
  }
}

void RequestDigest(sql::Batch& batch, const Account& account) {
  // An empty text never unseals.
  batch.connection().Execute(
      "INSERT INTO digest_secrets (account, username, sealed) VALUES ($1, $2, $3)",
      {account.row, account.username, sql::Bytes{""}});
}

void DisableDigest(sql::Batch& batch, const Account& account) {
  batch.connection().Execute("DELETE FROM digest_secrets WHERE account = $1", {account.row});
}

bool HasDigest(sql::Connection& connection, const Account& account) {
  return !DigestNames(connection, account).empty();
}

void ChangePassword(sql::Batch& batch, const crypto::ServerKey& key, std::string_view username,
                    const NewPassword& made, std::string_view realm, std::string_view password) {
  const auto account = RequireAccount(batch.connection(), username);
  const auto names = DigestNames(batch.connection(), account);
  SetPassword(batch, username, made.hash);
  for (const auto& name : names) PutDigestSecret(batch, key, account, name, realm, password);
}

std::string CreateApiKey(sql::Batch& batch, const Account& account, std::string_view name,
                         std::int64_t project, const ApiKeyLimits& limits) {
  if (name.empty()) throw Problem(ProblemKind::kBadRequest, "An API key needs a name.");
  std::string addresses;
  for (const auto& address : limits.allowed_addresses) {
    if (!detail::IsAddressOrNetwork(address)) {
      throw Problem(
          ProblemKind::kBadRequest,
          "'" + address + "' is neither an IP address nor a network such as 192.0.2.0/24.");
    }
    addresses += (addresses.empty() ? "" : " ") + address;
  }
  const bool is_taken =
      batch.connection()
          .Query("SELECT id FROM api_keys WHERE account = $1 AND name = $2", {account.row, name})
          ->Next();
  if (is_taken) {
    throw Problem(ProblemKind::kConflict,
                  account.username + " has an API key named '" + std::string(name) + "' already.");
  }
  const auto stamp = batch.Next();
  auto key = crypto::NewApiKey();
  batch.connection().Execute(
      "INSERT INTO api_keys (id, account, name, key_hash, project, allowed_addresses, expires_on,"
      " is_active, created_on, last_used) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, 0)",
      {stamp.seq, account.row, name, crypto::Sha256Hex(key), project, addresses,
       limits.expires_on.micros, stamp.at.micros});
  return key;
}

std::string CreateOneTimeLink(sql::Batch& batch, std::string_view purpose, std::int64_t account) {
  auto token = crypto::NewToken();
  const auto expires_on = batch.now() + kOneTimeLinkMicros;
  batch.connection().Execute("DELETE FROM one_time_links WHERE expires_on <= $1",
                             {batch.now().micros});
  batch.connection().Execute(
      "INSERT INTO one_time_links (token_hash, purpose, account, expires_on)"
      " VALUES ($1, $2, $3, $4)",
      {crypto::Sha256Hex(token), purpose, account, expires_on.micros});
  return token;
}

std::optional<std::int64_t> PeekOneTimeLink(sql::Connection& connection, std::string_view token,
                                            std::string_view purpose, Instant now) {
  const auto hash = crypto::Sha256Hex(token);
  const auto rows = connection.Query(
      "SELECT account FROM one_time_links WHERE token_hash = $1 AND purpose = $2"
      " AND expires_on > $3",
      {hash, purpose, now.micros});
  if (!rows->Next()) return std::nullopt;
  return rows->Int(0);
}

bool ConsumeOneTimeLink(sql::Batch& batch, std::string_view token, std::string_view purpose) {
  return batch.connection().ExecuteCounted(
             "DELETE FROM one_time_links WHERE token_hash = $1 AND purpose = $2"
             " AND expires_on > $3",
             {crypto::Sha256Hex(token), purpose, batch.now().micros}) == 1;
}

}  // namespace outpost::people
