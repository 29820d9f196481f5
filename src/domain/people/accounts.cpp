#include "domain/people/accounts.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "domain/people/detail/account_row.h"
#include "domain/people/detail/membership.h"
#include "store/changelog/changelog.h"

namespace outpost::people {
namespace {

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("._%+-").find(c) != std::string_view::npos;
}

bool IsName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsNameCharacter);
}

/// name@host.domain; enough to tell a web user from a worker and to send mail.
bool IsEmail(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.size() > kUsernameCharactersMax) return false;
  const auto host = text.substr(at + 1);
  const auto is_plain = [](char c) { return c > ' ' && c != '@' && c != ':' && c != 0x7f; };
  return host.find('.') != std::string_view::npos && !host.starts_with('.') &&
         !host.ends_with('.') && host.find("..") == std::string_view::npos &&
         std::all_of(host.begin(), host.end(), is_plain) &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), is_plain);
}

void RequireFree(sql::Batch& batch, std::string_view username) {
  if (FindByUsername(batch.connection(), username)) {
    throw Problem(ProblemKind::kConflict,
                  "The user name " + std::string(username) + " is already taken.");
  }
}

void AppendChange(sql::Batch& batch, sql::Stamp stamp, const Account& account, bool is_deletion) {
  changelog::Change change;
  change.seq = stamp.seq;
  change.at = stamp.at;
  change.project = account.project;
  change.topic = changelog::Topic::kUser;
  change.row = account.row;
  change.document_id = account.user_id;
  change.type = account.kind == Kind::kWebUser ? "WebUser" : "CommCareUser";
  change.is_deletion = is_deletion;
  changelog::Append(batch, change);
}

Account Insert(sql::Batch& batch, Kind kind, std::int64_t project, std::string username,
               const NewAccount& given) {
  const auto stamp = batch.Next();
  Account account;
  account.row = stamp.seq;
  account.user_id = NewHexId();
  account.username = std::move(username);
  account.kind = kind;
  account.project = project;
  account.password = given.password_hash;
  account.auth_version = stamp.seq;
  account.created_on = stamp.at;
  account.profile = boost::json::serialize(
      boost::json::object{{"first_name", given.first_name}, {"last_name", given.last_name}});
  batch.connection().Execute(
      "INSERT INTO accounts (id, user_id, username, kind, project, password, auth_version, state,"
      " is_superuser, is_practice, created_on, last_login, profile)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, 0, $10)",
      {account.row, account.user_id, account.username, NameOf(kind), project, account.password,
       account.auth_version, NameOf(account.state), account.created_on.micros, account.profile});
  AppendChange(batch, stamp, account, false);
  return account;
}

/// Moves the version with a change that is already written.
void Touch(sql::Batch& batch, const Account& account, bool is_deletion) {
  const auto stamp = batch.Next();
  batch.connection().Execute("UPDATE accounts SET auth_version = $1 WHERE id = $2",
                             {stamp.seq, account.row});
  AppendChange(batch, stamp, account, is_deletion);
}

}  // namespace

std::string_view NameOf(Kind kind) { return kind == Kind::kWebUser ? "web" : "mobile"; }

std::string_view NameOf(State state) {
  switch (state) {
    case State::kActive:
      return "active";
    case State::kDeactivated:
      return "deactivated";
    case State::kDeleted:
      return "deleted";
  }
  return "deleted";
}

std::string FullUsername(std::string_view sent, std::string_view project_name) {
  std::string name = ToLower(sent);
  if (project_name.empty()) return name;
  const std::string project = ToLower(project_name);
  const auto at = name.find('@');
  if (at == std::string::npos) return name + "@" + project + std::string(kWorkerSuffix);
  if (std::string_view(name).substr(at + 1) == project) name += kWorkerSuffix;
  return name;
}

std::string_view BareUsername(const Account& account) {
  return std::string_view(account.username).substr(0, account.username.find('@'));
}

Account CreateMobileWorker(sql::Batch& batch, const projects::Project& project,
                           const NewAccount& account) {
  auto username = FullUsername(account.username, project.name);
  const auto at = username.find('@');
  const bool is_here = std::string_view(username).substr(at) ==
                       "@" + ToLower(project.name) + std::string(kWorkerSuffix);
  const auto name = std::string_view(username).substr(0, at);
  if (!is_here || !IsName(name) || name.size() > kWorkerNameCharactersMax ||
      username.size() > kUsernameCharactersMax) {
    throw Problem(ProblemKind::kBadRequest, "'" + account.username +
                                                "' cannot name a mobile worker of " + project.name +
                                                ": use up to 80 letters, digits and . _ % + -");
  }
  RequireFree(batch, username);
  auto worker = Insert(batch, Kind::kMobileWorker, project.row, std::move(username), account);
  detail::JoinWithDefaultRole(batch, worker);
  return worker;
}

Account CreateWebUser(sql::Batch& batch, const NewAccount& account) {
  auto username = ToLower(account.username);
  if (!IsEmail(username)) {
    throw Problem(
        ProblemKind::kBadRequest,
        "'" + account.username + "' is not an e-mail address: web users sign in with one.");
  }
  if (username.ends_with(kWorkerSuffix)) {
    throw Problem(ProblemKind::kBadRequest, "Addresses that end in " + std::string(kWorkerSuffix) +
                                                " belong to mobile workers.");
  }
  RequireFree(batch, username);
  return Insert(batch, Kind::kWebUser, 0, std::move(username), account);
}

void SetPassword(sql::Batch& batch, std::string_view username, std::string_view password_hash) {
  const auto account = RequireAccount(batch.connection(), username);
  batch.connection().Execute("UPDATE accounts SET password = $1 WHERE id = $2",
                             {password_hash, account.row});
  // They were made from the old password.
  batch.connection().Execute("DELETE FROM digest_secrets WHERE account = $1", {account.row});
  Touch(batch, account, false);
}

void SetState(sql::Batch& batch, std::string_view username, State state) {
  const auto account = RequireAccount(batch.connection(), username);
  batch.connection().Execute("UPDATE accounts SET state = $1 WHERE id = $2",
                             {NameOf(state), account.row});
  Touch(batch, account, state == State::kDeleted);
}

void SetSuperuser(sql::Batch& batch, std::string_view username, bool is_superuser) {
  const auto account = RequireAccount(batch.connection(), username);
  if (account.kind != Kind::kWebUser) {
    throw Problem(ProblemKind::kBadRequest, "Only a web user can be a superuser; " +
                                                account.username + " is a mobile worker.");
  }
  batch.connection().Execute("UPDATE accounts SET is_superuser = $1 WHERE id = $2",
                             {std::int64_t{is_superuser ? 1 : 0}, account.row});
  Touch(batch, account, false);
}

void SetPractice(sql::Batch& batch, std::string_view username, bool is_practice) {
  const auto account = RequireAccount(batch.connection(), username);
  if (account.kind != Kind::kMobileWorker) {
    throw Problem(ProblemKind::kBadRequest, "Only a mobile worker can be a practice user; " +
                                                account.username + " is a web user.");
  }
  batch.connection().Execute("UPDATE accounts SET is_practice = $1 WHERE id = $2",
                             {std::int64_t{is_practice ? 1 : 0}, account.row});
  Touch(batch, account, false);
}

void TouchAccount(sql::Batch& batch, const Account& account) {
  Touch(batch, account, account.state == State::kDeleted);
}

std::optional<Account> FindByUsername(sql::Connection& connection, std::string_view username) {
  const auto name = ToLower(username);
  const auto rows = connection.Query(
      "SELECT " OUTPOST_ACCOUNT_COLUMNS " FROM accounts a WHERE a.username = $1", {name});
  if (!rows->Next()) return std::nullopt;
  return detail::AccountFromRow(*rows);
}

std::optional<Account> FindByUserId(sql::Connection& connection, std::string_view user_id) {
  const auto rows = connection.Query(
      "SELECT " OUTPOST_ACCOUNT_COLUMNS " FROM accounts a WHERE a.user_id = $1", {user_id});
  if (!rows->Next()) return std::nullopt;
  return detail::AccountFromRow(*rows);
}

std::optional<Account> FindByRow(sql::Connection& connection, std::int64_t row) {
  const auto rows =
      connection.Query("SELECT " OUTPOST_ACCOUNT_COLUMNS " FROM accounts a WHERE a.id = $1", {row});
  if (!rows->Next()) return std::nullopt;
  return detail::AccountFromRow(*rows);
}

Account RequireAccount(sql::Connection& connection, std::string_view username) {
  auto account = FindByUsername(connection, username);
  if (!account) {
    throw Problem(ProblemKind::kNotFound, "There is no user " + std::string(username) + ".");
  }
  return std::move(*account);
}

std::vector<Account> List(sql::Connection& connection, std::int64_t project, int limit,
                          std::string_view after_username) {
  std::vector<Account> accounts;
  const auto rows =
      project == 0 ? connection.Query("SELECT " OUTPOST_ACCOUNT_COLUMNS
                                      " FROM accounts a WHERE a.project = 0 AND a.username > $1"
                                      " ORDER BY a.username LIMIT $2",
                                      {after_username, std::int64_t{limit}})
                   : connection.Query("SELECT " OUTPOST_ACCOUNT_COLUMNS
                                      " FROM memberships m JOIN accounts a ON a.id = m.account"
                                      " WHERE m.project = $1 AND a.username > $2"
                                      " ORDER BY a.username LIMIT $3",
                                      {project, after_username, std::int64_t{limit}});
  while (rows->Next()) accounts.push_back(detail::AccountFromRow(*rows));
  return accounts;
}

MemberPage ListMembers(sql::Connection& connection, std::int64_t project,
                       const MemberQuery& query) {
  MemberPage page;
  const auto name = FullUsername(query.username, "");
  const auto count = connection.Query(
      "SELECT count(*) FROM memberships m JOIN accounts a ON a.id = m.account WHERE m.project = $1"
      " AND a.kind = $2 AND a.state = $3 AND ($4 = '' OR a.username = $5)",
      {project, NameOf(query.kind), NameOf(query.state), name, name});
  if (count->Next()) page.total = count->Int(0);
  const auto rows = connection.Query(
      "SELECT " OUTPOST_ACCOUNT_COLUMNS
      " FROM memberships m JOIN accounts a ON a.id = m.account WHERE m.project = $1"
      " AND a.kind = $2 AND a.state = $3 AND ($4 = '' OR a.username = $5)"
      " ORDER BY a.username LIMIT $6 OFFSET $7",
      {project, NameOf(query.kind), NameOf(query.state), name, name, query.limit, query.offset});
  while (rows->Next()) page.members.push_back(detail::AccountFromRow(*rows));
  return page;
}

std::int64_t CountActiveWorkers(sql::Connection& connection, std::int64_t project) {
  const auto rows = connection.Query(
      "SELECT count(*) FROM accounts WHERE project = $1 AND kind = $2 AND state = $3",
      {project, NameOf(Kind::kMobileWorker), NameOf(State::kActive)});
  return rows->Next() ? rows->Int(0) : 0;
}

bool AnySuperuser(sql::Connection& connection) {
  return connection
      .Query("SELECT id FROM accounts WHERE is_superuser = 1 AND state = $1 LIMIT 1",
             {NameOf(State::kActive)})
      ->Next();
}

}  // namespace outpost::people
