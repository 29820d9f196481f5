#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "domain/projects/projects.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Accounts: web users (global) and mobile workers (of one project space); web document 9.1.
namespace outpost::people {

/// Suffix of mobile workers' user names; part of their identity, whatever the server is called.
inline constexpr std::string_view kWorkerSuffix = ".commcarehq.org";

enum class Kind : std::uint8_t { kWebUser, kMobileWorker };
enum class State : std::uint8_t { kActive, kDeactivated, kDeleted };

struct Account {
  std::int64_t row = 0;
  std::string user_id;   // 32 hex digits, or whatever a migration brought
  std::string username;  // lower-case; full form for workers: name@project.commcarehq.org
  Kind kind = Kind::kMobileWorker;
  std::int64_t project = 0;       // of a mobile worker, else 0
  std::string password;           // stored hash
  std::int64_t auth_version = 0;  // moves with every change of password, state or rights
  State state = State::kActive;
  bool is_superuser = false;
  bool is_practice = false;  // mobile worker of demo mode
  Instant created_on;
  std::string profile = "{}";  // JSON: first_name, last_name, language, user data
};

/// A worker's bare name and a whole user name are at most this long.
inline constexpr std::size_t kWorkerNameCharactersMax = 80;
inline constexpr std::size_t kUsernameCharactersMax = 254;

std::string_view NameOf(Kind kind);    // "web", "mobile"
std::string_view NameOf(State state);  // "active", "deactivated", "deleted"

/// Full, lower-case user name for what a phone sent: "name", "name@project" or
/// "name@project.commcarehq.org". A text with another '@' is returned lower-cased as it is; so is
/// any text when project_name is empty.
std::string FullUsername(std::string_view sent, std::string_view project_name);
/// The name that the worker types: without '@' and what follows.
std::string_view BareUsername(const Account& account);

struct NewAccount {
  std::string username;       // of a worker: bare or full; letter case is dropped
  std::string password_hash;  // made outside the writer: crypto::HashPassword
  std::string first_name, last_name;
};
/// The worker has the role "Mobile Worker Default".
/// @throws Problem kConflict (taken), kBadRequest (not a valid name: [a-z0-9._%+-])
Account CreateMobileWorker(sql::Batch& batch, const projects::Project& project,
                           const NewAccount& account);
/// @throws Problem kConflict (taken), kBadRequest (not an e-mail address, or one that could be a
///         worker's user name)
Account CreateWebUser(sql::Batch& batch, const NewAccount& account);

/// These move auth_version, so that what was remembered about the account ends, and append a change
/// record. `username` is a full one.
/// @throws Problem kNotFound, kBadRequest when the change makes no sense for this kind of account
void SetPassword(sql::Batch& batch, std::string_view username, std::string_view password_hash);
void SetState(sql::Batch& batch, std::string_view username, State state);
void SetSuperuser(sql::Batch& batch, std::string_view username, bool is_superuser);
void SetPractice(sql::Batch& batch, std::string_view username, bool is_practice);
/// The part of the above that other rooms need when they change what an account may do.
void TouchAccount(sql::Batch& batch, const Account& account);

/// Letter case of `username` does not count.
std::optional<Account> FindByUsername(sql::Connection& connection, std::string_view username);
std::optional<Account> FindByUserId(sql::Connection& connection, std::string_view user_id);
std::optional<Account> FindByRow(sql::Connection& connection, std::int64_t row);
/// FindByUsername that throws Problem kNotFound.
Account RequireAccount(sql::Connection& connection, std::string_view username);
/// Members of a project, or all web users when project is 0; by user name, in every state.
std::vector<Account> List(sql::Connection& connection, std::int64_t project, int limit,
                          std::string_view after_username = {});
/// A page of a project's members of one kind and state, by user name, and how many there are.
struct MemberQuery {
  Kind kind = Kind::kMobileWorker;
  State state = State::kActive;
  std::string username;  // only this one; empty: all
  std::int64_t offset = 0, limit = 20;
};
struct MemberPage {
  std::vector<Account> members;
  std::int64_t total = 0;
};
MemberPage ListMembers(sql::Connection& connection, std::int64_t project, const MemberQuery& query);
/// Active mobile workers. Reads an index entry and a row for each account of the project.
std::int64_t CountActiveWorkers(sql::Connection& connection, std::int64_t project);
/// Whether an active one exists.
bool AnySuperuser(sql::Connection& connection);

}  // namespace outpost::people
