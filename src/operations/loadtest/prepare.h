#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/sealing.h"
#include "domain/projects/projects.h"
#include "operations/loadtest/form_source.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// The server's side of a load test: its project space and workers, and the answers to the admin
/// commands of `outpost loadtest`.
namespace outpost::loadtest {

inline constexpr int kUsersMax = 100'000;

/// What the generator must know.
struct Prepared {
  std::string project;
  std::string password;  // of every user
  std::vector<LoadUser> users;
  std::int64_t position = 0;  // forms of the test get a higher one
};

/// All must outlive the calls.
struct LoadTestServer {
  sql::Database& database;
  sql::Writer& writer;
  projects::Directory& directory;
  const crypto::ServerKey& key;
};

/// Makes the project and as many workers loadtest-1, loadtest-2 … as are missing.
///
/// Their password has 128 random bits and is kept as PBKDF2 with one round: guessing it is hopeless
/// whatever a guess costs, and 2,000 first sign-ins do not take a minute of argon2.
/// @throws Problem kConflict when the project is there and was not made by a load test, unless
///         `may_use_existing`; kBadRequest for a number of users that makes no sense.
Prepared Prepare(const LoadTestServer& server, std::string_view project, int users,
                 bool may_use_existing);

std::string JsonOf(const Prepared& prepared);
/// @throws Problem kMalformed
Prepared PreparedOf(std::string_view json);

/// Admin commands: JSON object in, JSON object out.
/// "loadtest.prepare" {"project", "users", "may_use_existing"} -> Prepared
std::string AnswerPrepare(const LoadTestServer& server, std::string_view json);
/// "loadtest.verify" {"project", "forms": lines of a ledger} -> VerifyResult
std::string AnswerVerify(const LoadTestServer& server, std::string_view json);
/// "loadtest.count" {"project", "position"} -> {"forms"}
std::string AnswerCount(const LoadTestServer& server, std::string_view json);

}  // namespace outpost::loadtest
