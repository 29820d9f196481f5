#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "domain/people/accounts.h"
#include "domain/projects/projects.h"
#include "domain/sync_log/phone_graph.h"
#include "store/sql/connection.h"

/// What belongs on a user's phone beside cases: who the user is for the project space, and
/// fixtures.
namespace outpost::sync {

struct Belongings {
  sync_log::OwnerIds owners;                     // with the user's own id (restore document 7)
  std::map<std::string, std::string> user_data;  // 6.4
  std::string user_groups;                       // the fixture of 13.1
};

Belongings BelongingsOf(sql::Connection& connection, const projects::Project& project,
                        const people::Account& user);

}  // namespace outpost::sync
