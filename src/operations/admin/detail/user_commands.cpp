#include <algorithm>
#include <array>
#include <optional>

#include "base/problem.h"
#include "base/text.h"
#include "domain/device_logs/report_store.h"
#include "domain/people/access.h"
#include "domain/people/accounts.h"
#include "operations/admin/detail/commands.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;
using people::Account;

namespace {

constexpr std::int64_t kUsersPerPage = 1'000;
constexpr std::int64_t kUsersPerPageMax = 10'000;

object Describe(const Account& account) {
  return {{"username", account.username},
          {"user_id", account.user_id},
          {"kind", people::NameOf(account.kind)},
          {"state", people::NameOf(account.state)},
          {"superuser", account.is_superuser},
          {"practice", account.is_practice},
          {"created_on", FormatT6(account.created_on)}};
}

/// Runs one change of that account and shows what it is then.
template <class Change>
object ChangeUser(Tools& tools, const Arguments& arguments, Change change) {
  return tools.Write([&](sql::Batch& batch) {
    const auto account = RequireUser(batch.connection(), arguments);
    change(batch, account);
    return Describe(people::RequireAccount(batch.connection(), account.username));
  });
}

people::Kind KindOf(const Arguments& arguments) {
  const auto kind = arguments.TextOr("kind", "");
  if (kind == people::NameOf(people::Kind::kWebUser)) return people::Kind::kWebUser;
  if (kind == people::NameOf(people::Kind::kMobileWorker)) return people::Kind::kMobileWorker;
  if (!kind.empty()) {
    throw Problem(ProblemKind::kBadRequest, "The kind of a user is 'mobile' or 'web'.");
  }
  // An e-mail address is a web user's, unless it is a worker's full name.
  const auto username =
      people::FullUsername(arguments.Text("username"), arguments.TextOr("project", ""));
  const bool is_worker =
      username.find('@') == std::string::npos || username.ends_with(people::kWorkerSuffix);
  return is_worker ? people::Kind::kMobileWorker : people::Kind::kWebUser;
}

void RefuseUnfitting(const Arguments& arguments, people::Kind kind) {
  const bool has_project = arguments.Has("project");
  const bool is_admin = arguments.FlagOr("admin", false);
  const auto refuse = [](const char* why) { throw Problem(ProblemKind::kBadRequest, why); };
  if (kind == people::Kind::kMobileWorker) {
    if (!has_project) refuse("A mobile worker needs the project space it belongs to.");
    if (is_admin || arguments.FlagOr("superuser", false)) {
      refuse("A mobile worker can be neither administrator nor superuser.");
    }
    return;
  }
  if (has_project && !is_admin && !arguments.Has("role")) {
    refuse("A web user joins a project space with a role, or as its administrator.");
  }
  if (!has_project && (is_admin || arguments.Has("role"))) {
    refuse("A role is one in a project space: name that too.");
  }
}

Account CreateIn(sql::Batch& batch, const Arguments& arguments, people::Kind kind,
                 const std::string& hash) {
  const people::NewAccount given{arguments.Text("username"), hash,
                                 arguments.TextOr("first_name", ""),
                                 arguments.TextOr("last_name", "")};
  std::optional<projects::Project> project;
  if (arguments.Has("project")) {
    project = RequireProject(batch.connection(), arguments.Text("project"));
  }
  auto account = kind == people::Kind::kMobileWorker
                     ? people::CreateMobileWorker(batch, *project, given)
                     : people::CreateWebUser(batch, given);
  const bool is_admin = arguments.FlagOr("admin", false);
  if (project && (is_admin || arguments.Has("role"))) {
    people::AddMember(batch, account, project->row, arguments.TextOr("role", ""), is_admin);
  }
  return account;
}

object CreateUser(Tools& tools, const Arguments& arguments) {
  const auto kind = KindOf(arguments);
  RefuseUnfitting(arguments, kind);
  const auto password = arguments.Text("password");
  people::CheckPasswordRules(kind, password);
  const auto made = people::HashForStorage(password);
  return tools.Write([&](sql::Batch& batch) {
    const auto account = CreateIn(batch, arguments, kind, made.hash);
    if (arguments.FlagOr("superuser", false)) people::SetSuperuser(batch, account.username, true);
    if (arguments.FlagOr("practice", false)) people::SetPractice(batch, account.username, true);
    if (arguments.FlagOr("api", false)) {
      people::EnableDigest(batch, tools.key, account, tools.authenticator.digest().realm(),
                           password, arguments.Text("username"));
    }
    return Describe(people::RequireAccount(batch.connection(), account.username));
  });
}

/// Also of somebody who may do nothing just now.
std::string RoleOf(sql::Connection& connection, Account account, std::int64_t project) {
  account.state = people::State::kActive;
  return people::AccessOf(connection, account, project).role_name;
}

object ListUsers(Tools& tools, const Arguments& arguments) {
  const auto limit =
      std::clamp<std::int64_t>(arguments.IntOr("limit", kUsersPerPage), 1, kUsersPerPageMax);
  const auto lease = tools.database.Read();
  const auto project =
      arguments.Has("project") ? RequireProject(*lease, arguments.Text("project")).row : 0;
  const auto accounts =
      people::List(*lease, project, static_cast<int>(limit), arguments.TextOr("after", ""));
  array list;
  for (const auto& account : accounts) {
    auto user = Describe(account);
    if (project != 0) user["role"] = RoleOf(*lease, account, project);
    list.push_back(std::move(user));
  }
  object page{{"users", std::move(list)}, {"next", nullptr}};
  if (static_cast<std::int64_t>(accounts.size()) == limit) page["next"] = accounts.back().username;
  return page;
}

object SetPassword(Tools& tools, const Arguments& arguments) {
  const auto account = RequireUser(*tools.database.Read(), arguments);
  const auto password = arguments.Text("password");
  people::CheckPasswordRules(account.kind, password);
  const auto made = people::HashForStorage(password);
  return ChangeUser(tools, arguments, [&](sql::Batch& batch, const Account& current) {
    people::ChangePassword(batch, tools.key, current.username, made,
                           tools.authenticator.digest().realm(), password);
  });
}

object SetState(Tools& tools, const Arguments& arguments) {
  const auto name = arguments.Text("state");
  for (const auto state :
       {people::State::kActive, people::State::kDeactivated, people::State::kDeleted}) {
    if (people::NameOf(state) != name) continue;
    return ChangeUser(tools, arguments, [&](sql::Batch& batch, const Account& account) {
      people::SetState(batch, account.username, state);
    });
  }
  throw Problem(ProblemKind::kBadRequest,
                "There is no state '" + name + "'. Known states: active, deactivated, deleted.");
}

object SetSuperuser(Tools& tools, const Arguments& arguments) {
  const bool is_on = arguments.Flag("on");
  return ChangeUser(tools, arguments, [&](sql::Batch& batch, const Account& account) {
    people::SetSuperuser(batch, account.username, is_on);
  });
}

object SetPractice(Tools& tools, const Arguments& arguments) {
  const bool is_on = arguments.Flag("on");
  return ChangeUser(tools, arguments, [&](sql::Batch& batch, const Account& account) {
    people::SetPractice(batch, account.username, is_on);
  });
}

object SetDigest(Tools& tools, const Arguments& arguments) {
  const bool is_on = arguments.Flag("on");
  return ChangeUser(tools, arguments, [&](sql::Batch& batch, const Account& account) {
    if (!is_on) {
      people::DisableDigest(batch, account);
    } else if (!people::HasDigest(batch.connection(), account)) {
      people::RequestDigest(batch, account);
    }
  });
}

/// Pending until a phone of this user has sent its logs, or until it is taken back.
object RequestLogs(Tools& tools, const Arguments& arguments) {
  const bool is_on = arguments.Flag("on");
  return ChangeUser(tools, arguments, [&](sql::Batch& batch, const Account& account) {
    std::int64_t project = account.project;
    if (project == 0) {
      project = RequireProject(batch.connection(), arguments.Text("project")).row;
    }
    if (is_on) {
      device_logs::RequestLogs(batch, project, account.row);
    } else {
      device_logs::CancelRequest(batch, project, account.row);
    }
  });
}

object CreateKey(Tools& tools, const Arguments& arguments) {
  people::ApiKeyLimits limits;
  limits.allowed_addresses = arguments.Texts("addresses");
  if (const auto days = arguments.IntOr("days", 0); days != 0) {
    constexpr std::int64_t kDaysMax = 36'500;
    if (days < 0 || days > kDaysMax) {
      throw Problem(ProblemKind::kBadRequest, "A key lasts from 1 to 36,500 days.");
    }
    limits.expires_on = tools.clock.Now() + days * kMicrosPerDay;
  }
  return tools.Write([&](sql::Batch& batch) {
    const auto account = RequireUser(batch.connection(), arguments);
    std::int64_t project = 0;
    if (arguments.Has("project")) {
      project = RequireProject(batch.connection(), arguments.Text("project")).row;
    }
    const auto name = arguments.Text("name");
    return object{{"username", account.username},
                  {"name", name},
                  {"key", people::CreateApiKey(batch, account, name, project, limits)}};
  });
}

object SetMember(Tools& tools, const Arguments& arguments) {
  return ChangeUser(tools, arguments, [&](sql::Batch& batch, const Account& account) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    people::AddMember(batch, account, project.row, arguments.TextOr("role", ""),
                      arguments.FlagOr("admin", false));
  });
}

object RemoveMember(Tools& tools, const Arguments& arguments) {
  return ChangeUser(tools, arguments, [&](sql::Batch& batch, const Account& account) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    people::RemoveMember(batch, account, project.row);
  });
}

}  // namespace

Account RequireUser(sql::Connection& connection, const Arguments& arguments) {
  const auto sent = arguments.Text("username");
  const auto full = people::FullUsername(sent, arguments.TextOr("project", ""));
  if (auto account = people::FindByUsername(connection, full)) return std::move(*account);
  return people::RequireAccount(connection, sent);
}

std::span<const Command> UserCommands() {
  static const std::array<Command, 11> kCommands = {{
      {"user.create",
       {"username", "password", "project", "kind", "role", "admin", "superuser", "practice", "api",
        "first_name", "last_name"},
       CreateUser},
      {"user.list", {"project", "limit", "after"}, ListUsers},
      {"user.password", {"username", "project", "password"}, SetPassword},
      {"user.state", {"username", "project", "state"}, SetState},
      {"user.superuser", {"username", "on"}, SetSuperuser},
      {"user.practice", {"username", "project", "on"}, SetPractice},
      {"user.digest", {"username", "project", "on"}, SetDigest},
      {"user.request_logs", {"username", "project", "on"}, RequestLogs},
      {"user.api_key", {"username", "name", "project", "addresses", "days"}, CreateKey},
      {"user.member", {"username", "project", "role", "admin"}, SetMember},
      {"user.leave", {"username", "project"}, RemoveMember},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
