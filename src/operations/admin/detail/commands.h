#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "crypto/sealing.h"
#include "domain/intake/intake.h"
#include "domain/people/authenticator.h"
#include "domain/projects/projects.h"
#include "operations/admin/detail/arguments.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

namespace outpost::operations::detail {

/// What commands work with.
struct Tools {
  sql::Database& database;
  sql::Writer& writer;
  projects::Directory& directory;
  people::Authenticator& authenticator;
  const crypto::ServerKey& key;
  const Clock& clock;
  intake::Intake& intake;

  /// Runs `change` as one job of the writer and returns what it returns.
  template <class Change>
  auto Write(Change change) {
    std::invoke_result_t<Change, sql::Batch&> result{};
    writer.Run(0, [&](sql::Batch& batch) { result = change(batch); });
    return result;
  }
};

struct Command {
  std::string_view name;
  std::vector<std::string_view> keys;  // arguments it knows
  boost::json::object (*run)(Tools& tools, const Arguments& arguments);
};

std::span<const Command> AppCommands();
std::span<const Command> DeviceLogCommands();
std::span<const Command> ExplainCommands();
std::span<const Command> FormCommands();
std::span<const Command> GroupCommands();
std::span<const Command> LocationCommands();
std::span<const Command> LocationTypeCommands();
std::span<const Command> LookupCommands();
std::span<const Command> LookupImportCommands();
std::span<const Command> ProjectCommands();
std::span<const Command> RoleCommands();
std::span<const Command> StockCommands();
std::span<const Command> UserCommands();
std::span<const Command> UserDataCommands();

/// @throws Problem kNotFound
projects::Project RequireProject(sql::Connection& connection, std::string_view name);
/// The account of "username", which may be a worker's short name when "project" is given.
/// @throws Problem kNotFound
people::Account RequireUser(sql::Connection& connection, const Arguments& arguments);

}  // namespace outpost::operations::detail
