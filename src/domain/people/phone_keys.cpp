#include "domain/people/phone_keys.h"

#include <array>

#include "base/ids.h"
#include "base/problem.h"

namespace outpost::people {
namespace {

constexpr std::string_view kContext = "phone-key";

std::string RandomKey() {
  std::array<std::uint8_t, kPhoneKeyBytes> bytes;
  FillRandom(bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::optional<PhoneKey> FindPhoneKey(sql::Connection& connection, const crypto::ServerKey& server,
                                     std::int64_t project, std::int64_t account) {
  const auto rows = connection.Query(
      "SELECT uuid, sealed_key, valid_from, expires_on FROM phone_keys "
      "WHERE project = $1 AND account = $2",
      {project, account});
  if (!rows->Next()) return std::nullopt;
  auto key = server.Unseal(kContext, rows->Blob(1));
  if (!key) {
    throw Problem(ProblemKind::kInternal,
                  "The key of this phone user was sealed with another server key. Put the "
                  "server.key back that belongs to this database.");
  }
  return PhoneKey{rows->String(0), std::move(*key), Instant{rows->Int(2)}, Instant{rows->Int(3)}};
}

PhoneKey RenewPhoneKey(sql::Batch& batch, const crypto::ServerKey& server, std::int64_t project,
                       std::int64_t account) {
  const auto now = batch.now();
  auto known = FindPhoneKey(batch.connection(), server, project, account);
  if (known) {
    while (known->expires_on <= now) known->expires_on = known->expires_on + kPhoneKeyMicros;
    batch.connection().Execute(
        "UPDATE phone_keys SET expires_on = $1 WHERE project = $2 AND account = $3",
        {known->expires_on.micros, project, account});
    return *known;
  }
  PhoneKey made{NewHexId(), RandomKey(), now + -kPhoneKeyMicros, now + kPhoneKeyMicros};
  const auto sealed = server.Seal(kContext, made.key);
  batch.connection().Execute(
      "INSERT INTO phone_keys (project, account, uuid, sealed_key, valid_from, expires_on) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {project, account, std::string_view(made.uuid), sql::Bytes{sealed}, made.valid_from.micros,
       made.expires_on.micros});
  return made;
}

}  // namespace outpost::people
