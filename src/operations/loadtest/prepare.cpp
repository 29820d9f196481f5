#include "operations/loadtest/prepare.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "domain/people/access.h"
#include "domain/people/accounts.h"
#include "operations/loadtest/verify.h"

namespace outpost::loadtest {
namespace {

namespace json = boost::json;

/// Accounts made in one writer job: well below the 20 ms that a job may hold the writer.
constexpr int kAccountsPerJob = 10;

std::string PasswordOf(const crypto::ServerKey& key, std::string_view project) {
  constexpr std::size_t kHexDigits = 32;
  const auto hash =
      crypto::KeyedHash(key.Derive("loadtest"), std::string("password:") + std::string(project));
  return HexOf(hash).substr(0, kHexDigits);
}

/// "pbkdf2_sha256$1$salt$…": with one round, PBKDF2 is one HMAC of the salt and a block number.
std::string CheapHash(const std::string& password) {
  const std::string salt = "loadtest";
  using namespace std::string_literals;
  const auto block = crypto::HmacSha256(password, salt + "\0\0\0\1"s);
  return "pbkdf2_sha256$1$" + salt + "$" +
         Base64Of({reinterpret_cast<const char*>(block.data()), block.size()});
}

std::string WorkerName(int number) { return std::string(kDevicePrefix) + std::to_string(number); }

projects::Project FindOrMakeProject(const LoadTestServer& server, std::string_view name,
                                    bool may_use_existing) {
  const auto existing = [&] { return projects::Find(*server.database.Read(), name); }();
  if (!existing) {
    projects::Project made;
    server.writer.Run(
        0, [&](sql::Batch& batch) { made = people::CreateProject(batch, name, "Load test"); });
    server.directory.Forget(name);
    return made;
  }
  const auto first = people::FullUsername(WorkerName(1), name);
  if (!may_use_existing && !people::FindByUsername(*server.database.Read(), first)) {
    throw Problem(ProblemKind::kConflict,
                  "The project space " + std::string(name) +
                      " is there already and holds other people's data. Choose another name, or "
                      "say --into-existing.");
  }
  return *existing;
}

/// Makes worker `number` when missing; gives it the test's password when it has another.
LoadUser EnsureWorker(sql::Batch& batch, const projects::Project& project, int number,
                      const std::string& hash) {
  const auto username = people::FullUsername(WorkerName(number), project.name);
  if (const auto account = people::FindByUsername(batch.connection(), username)) {
    if (account->password != hash) people::SetPassword(batch, username, hash);
    return {username, account->user_id};
  }
  people::NewAccount fresh;
  fresh.username = WorkerName(number);
  fresh.password_hash = hash;
  fresh.first_name = "Load test";
  const auto made = people::CreateMobileWorker(batch, project, fresh);
  return {made.username, made.user_id};
}

json::object ObjectOf(std::string_view text) {
  json::error_code error;
  auto value = json::parse(text, error);
  if (error || !value.is_object()) {
    throw Problem(ProblemKind::kMalformed, "The arguments are no JSON object.");
  }
  return value.get_object();
}

std::string TextIn(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) {
    throw Problem(ProblemKind::kBadRequest, "The text \"" + std::string(key) + "\" is missing.");
  }
  return std::string(value->get_string());
}

std::int64_t IntIn(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_int64()) {
    throw Problem(ProblemKind::kBadRequest, "The number \"" + std::string(key) + "\" is missing.");
  }
  return value->get_int64();
}

projects::Project RequireProject(const LoadTestServer& server, std::string_view name) {
  const auto project = projects::Find(*server.database.Read(), name);
  if (!project) {
    throw Problem(ProblemKind::kNotFound, "There is no project space " + std::string(name) + ".");
  }
  return *project;
}

}  // namespace

Prepared Prepare(const LoadTestServer& server, std::string_view project_name, int users,
                 bool may_use_existing) {
  if (users < 1 || users > kUsersMax) {
    throw Problem(ProblemKind::kBadRequest, "The number of users must be 1 to 100000.");
  }
  const auto project = FindOrMakeProject(server, project_name, may_use_existing);
  Prepared prepared;
  prepared.project = project.name;
  prepared.password = PasswordOf(server.key, project.name);
  const auto hash = CheapHash(prepared.password);
  for (int first = 1; first <= users; first += kAccountsPerJob) {
    const int end = std::min(first + kAccountsPerJob, users + 1);
    std::vector<LoadUser> slice;
    server.writer.Run(project.row, [&](sql::Batch& batch) {
      slice.clear();
      for (int number = first; number < end; ++number) {
        slice.push_back(EnsureWorker(batch, project, number, hash));
      }
    });
    prepared.users.insert(prepared.users.end(), slice.begin(), slice.end());
  }
  prepared.position = server.writer.committed_seq();
  return prepared;
}

std::string JsonOf(const Prepared& prepared) {
  json::array users;
  for (const auto& user : prepared.users) {
    users.push_back(json::array{user.username, user.user_id});
  }
  return json::serialize(json::object{{"project", prepared.project},
                                      {"password", prepared.password},
                                      {"position", prepared.position},
                                      {"users", std::move(users)}});
}

Prepared PreparedOf(std::string_view text) {
  const auto object = ObjectOf(text);
  Prepared prepared;
  prepared.project = TextIn(object, "project");
  prepared.password = TextIn(object, "password");
  prepared.position = IntIn(object, "position");
  const auto* users = object.if_contains("users");
  if (users == nullptr || !users->is_array()) {
    throw Problem(ProblemKind::kMalformed, "The list of users is missing.");
  }
  for (const auto& user : users->get_array()) {
    const bool is_pair = user.is_array() && user.get_array().size() == 2 &&
                         user.get_array()[0].is_string() && user.get_array()[1].is_string();
    if (!is_pair) throw Problem(ProblemKind::kMalformed, "A user is not a name and an id.");
    prepared.users.push_back({std::string(user.get_array()[0].get_string()),
                              std::string(user.get_array()[1].get_string())});
  }
  return prepared;
}

std::string AnswerPrepare(const LoadTestServer& server, std::string_view text) {
  const auto object = ObjectOf(text);
  const auto* existing = object.if_contains("may_use_existing");
  const auto users = std::clamp<std::int64_t>(IntIn(object, "users"), 0, kUsersMax + 1);
  return JsonOf(Prepare(server, TextIn(object, "project"), static_cast<int>(users),
                        existing != nullptr && existing->is_bool() && existing->get_bool()));
}

std::string AnswerVerify(const LoadTestServer& server, std::string_view text) {
  const auto object = ObjectOf(text);
  const auto project = RequireProject(server, TextIn(object, "project"));
  std::vector<LedgerEntry> slice;
  const auto lines = TextIn(object, "forms");
  for (const auto line : Split(lines, '\n')) {
    if (line.empty()) continue;
    const auto entry = EntryOf(line);
    if (!entry) throw Problem(ProblemKind::kBadRequest, "\"forms\" holds a line of no ledger.");
    slice.push_back(*entry);
  }
  const auto reader = server.database.Read();
  return JsonOf(VerifySlice(*reader, server.database, project.row, slice));
}

std::string AnswerCount(const LoadTestServer& server, std::string_view text) {
  const auto object = ObjectOf(text);
  const auto project = RequireProject(server, TextIn(object, "project"));
  const auto forms = CountFormsAfter(server.database, project.row, IntIn(object, "position"));
  return json::serialize(json::object{{"forms", static_cast<std::int64_t>(forms)}});
}

}  // namespace outpost::loadtest
